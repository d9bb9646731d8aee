import { randomUUID } from 'node:crypto'
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OptionsError } from '../errors.ts'
import type { Run } from '../run.ts'

/**
 * Waits for the end of a run and writes what its programs made into a folder, under their own names; folders are made, files that
 * are there are replaced. Returns the paths, absolute, in the order of `summary.outputs`.
 *
 * @throws OptionsError before anything is written, where a name would lead out of the folder. Where a link stands in the way, or
 * `run.output` does not have the bytes any more, that file is left out, the others are written, and then it rejects with the reason.
 */
export async function saveOutputs(run: Pick<Run, 'summary' | 'output'>, folder: string | URL): Promise<readonly string[]> {
  const { outputs } = await run.summary
  const root = resolve(typeof folder === 'string' ? folder : fileURLToPath(folder))
  for (const { path } of outputs) checkInside(path)

  await mkdir(root, { recursive: true })
  const written: string[] = []
  const failures: unknown[] = []
  for (const { id, path } of outputs) {
    try {
      written.push(await write(root, path, await run.output(id)))
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} of ${outputs.length} outputs could not be saved.`)
  if (failures.length === 1) throw failures[0]
  return written
}

/** Core makes such names safe already; a summary may also come out of a file. */
function checkInside(path: string): void {
  const names = path.split(/[\\/]/)
  const inside = !path.includes('\0') && !/^[a-z]:/i.test(path) && names.every((name) => name !== '' && name !== '.' && name !== '..')
  if (!inside) throw new OptionsError('outputs', `An output must have a relative path inside the folder, got ${JSON.stringify(path)}.`)
}

async function write(root: string, path: string, bytes: Uint8Array): Promise<string> {
  const target = join(root, path)
  const folder = dirname(target)
  for (let end = target.indexOf(sep, root.length + 1); end > 0; end = target.indexOf(sep, end + 1)) await refuseLink(target.slice(0, end))
  await refuseLink(target)
  await mkdir(folder, { recursive: true })
  // A file of its own, put in place when it is whole: what was there under this name (another name of a file elsewhere) is not written into.
  const whole = join(folder, `.${randomUUID()}.part`)
  try {
    await writeFile(whole, bytes, { flag: 'wx' })
    await rename(whole, target)
  } catch (error) {
    await rm(whole, { force: true })
    throw error
  }
  return target
}

async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found?.isSymbolicLink()) throw new OptionsError('folder', `${path} is a link; outputs are not written through links.`)
}
