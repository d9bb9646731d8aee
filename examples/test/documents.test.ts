// What the documents show is what the examples are.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
/** Programs that other tests compile and run. */
const programs = globSync(['examples/*.{ts,html}', 'packages/*/test/packed/*.ts'], { cwd: root }).map((path) => flat(read(path)))
const documents = globSync(['README.md', 'docs/*.md', 'packages/*/README.md'], { cwd: root }).toSorted()

describe.each(documents)('%s', (path) => {
  const document = read(path)

  test('shows code that stands in a program which the tests run', () => {
    const blocks = Array.from(document.matchAll(/^```(?:ts|html)\n(.*?)^```$/gms), ([, code = '']) => code)
    expect(blocks.filter((code) => !programs.some((program) => program.includes(flat(code))))).toEqual([])
  })

  test('links to files that are there', () => {
    const links = Array.from(document.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g), ([, link = '']) => link)
    expect(links.filter((link) => globSync(join(path, '..', link), { cwd: root }).length === 0)).toEqual([])
  })
})

test('README.md has code within its first twenty lines, and is shorter than 200', () => {
  const lines = read('README.md').split('\n')
  expect(lines.indexOf('```ts')).toBeGreaterThan(0)
  expect(lines.indexOf('```ts')).toBeLessThan(20)
  expect(lines.length).toBeLessThan(200)
})

test.each([
  { section: 'Every event', file: 'events.ts', type: /readonly event_type: '([a-z._]+)'/g },
  { section: 'Deltas', file: 'steps.ts', type: /readonly type: ((?:'[a-z_]+'(?: \| )?)+)/g },
])('docs/events.md has the names of $file under "$section", and no other', ({ section, file, type }) => {
  const source = read(`packages/core/src/${file}`)
  const declared = (file === 'steps.ts' ? (source.slice(source.indexOf('export type Delta')).split('\n\n')[0] ?? '') : source).matchAll(
    type,
  )
  const table = read('docs/events.md').split(`\n## ${section}\n`)[1]?.split('\n## ')[0] ?? ''
  const named = table.matchAll(/^\| (`[^|]+`) \|/gm)
  const names = (found: Iterable<RegExpMatchArray>) =>
    Array.from(found, ([, cell = '']) => cell.match(/[a-z._]+/g) ?? [])
      .flat()
      .toSorted()
  expect(names(named).filter((name) => name !== 'delta.type')).toEqual(names(declared))
})

/** Documents show parts of programs without their indentation. */
function flat(code: string): string {
  return code.replaceAll(/^ +/gm, '')
}
