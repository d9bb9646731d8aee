import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { imageInputs, sourceFiles } from './inputs.ts'

const source = join(import.meta.dirname, '..')

/** A file and all that it imports of ours, relative to `src`. */
function importedBy(file: string, found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(join(source, file), 'utf8')
  for (const [, path = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from '(\..*)'$/gm))
    importedBy(posix.join(posix.dirname(file), path), found)
  return found
}

test('all that builds an image decides about the next one', () => {
  const known = sourceFiles()
  const imported = [...importedBy('image/build.ts')]
  expect(imported).toContain('image/building-host.ts')
  expect(imported).toContain('host/instance.ts')
  expect(imported.filter((file) => !known.includes(file))).toEqual([])
})

test('equal sources have equal inputs', () => {
  expect(imageInputs()).toMatch(/^[0-9a-f]{64}$/)
  expect(imageInputs()).toBe(imageInputs())
})
