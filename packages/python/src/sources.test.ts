import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sourcesModule } from '../build.ts'

test('the module with the Python files is the one that build.ts writes now', () => {
  expect(readFileSync(new URL('./sources.ts', import.meta.url), 'utf8')).toBe(sourcesModule())
})
