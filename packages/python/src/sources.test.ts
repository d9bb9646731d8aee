import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MODULES, sourcesModule } from '../build.ts'

test.each(MODULES)('$file, which carries Python files, is the one that build.ts writes now', (module) => {
  expect(readFileSync(new URL(module.file, import.meta.url), 'utf8')).toBe(sourcesModule(module))
})
