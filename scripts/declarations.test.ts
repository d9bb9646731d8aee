import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { publicNames } from './declarations.ts'

const folder = mkdtempSync(join(tmpdir(), 'interloop-declarations-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('finds the names of a module where they are declared, with the first sentence of each docstring', () => {
  write('loop.d.ts', [
    "import type { Model } from './ports/model.ts';",
    '/** Makes a loop, e.g. for version 1.5 of a model. Throws {@link OptionsError}. */',
    'export declare function createLoop(model: Model): Loop;',
    '/**',
    ' * What runs programs',
    ' * and lives long.',
    ' *',
    ' * @example createLoop()',
    ' */',
    'export interface Loop {',
    '}',
    'declare const hidden = 1;',
    'export { hidden as shown, type Model };',
  ])
  write('ports/model.d.ts', [
    '/** What writes: a {@link Loop} asks it. */',
    'export type Model = object;',
    'export declare class Undocumented {',
    '}',
  ])
  const index = write('index.d.ts', [
    "export { createLoop, type Loop, type Model as Port, shown } from './loop.ts';",
    'export type {',
    '    Undocumented,',
    "} from './ports/model.ts';",
    "export type { Content } from '@google/genai';",
  ])
  expect(publicNames(index)).toEqual([
    { name: 'createLoop', kind: 'function', sentence: 'Makes a loop, e.g. for version 1.5 of a model.' },
    { name: 'Loop', kind: 'interface', sentence: 'What runs programs and lives long.' },
    { name: 'Port', kind: 'type', sentence: 'What writes: a `Loop` asks it.' },
    { name: 'shown', kind: 'const', sentence: '' },
    { name: 'Undocumented', kind: 'class', sentence: '' },
    { name: 'Content', kind: 'type', sentence: 'As `@google/genai` has it.' },
  ])
})

it('does not let a module export everything of another one', () => {
  const index = write('index.d.ts', ["export * from './loop.ts';"])
  expect(() => publicNames(index)).toThrow("names are exported one by one, found export * from './loop.ts';")
})

function write(name: string, lines: readonly string[]): string {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
