import { OptionsError } from '../errors.ts'
import type { FileInput } from '../executor.ts'

/** Throws an `OptionsError` where a path of a file, or of one of its aliases, leads out of the working folder (executor.ts, `FileInput`). */
export function checkFiles(files: readonly FileInput[]): void {
  for (const file of files) {
    for (const path of [file.path, ...(file.aliases ?? [])]) checkPath(path)
  }
}

/** Throws an `OptionsError` for a path that is empty, absolute, or holds `..` or NUL. */
export function checkPath(path: string): void {
  const wrong = pathFault(path)
  if (wrong !== undefined) throw new OptionsError('files', `the path of a file must ${wrong}, got ${JSON.stringify(path)}`)
}

/** What is wrong with a path that is to be relative to the working folder and to stay in it; nothing where it is right. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'not be empty'
  if (path.includes('\0')) return 'not contain NUL'
  // A backslash divides folders on Windows, where an executor may run too.
  if (/^[/\\]/.test(path) || /^[A-Za-z]:/.test(path)) return 'be relative to the working folder'
  if (path.split(/[/\\]/).includes('..')) return 'not contain ..'
  return undefined
}
