// What the documents show is what the examples are.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const examples = globSync('examples/*.{ts,html}', { cwd: root }).map(read)
const documents = globSync(['README.md', 'docs/*.md', 'packages/*/README.md'], { cwd: root }).toSorted()

describe.each(documents)('%s', (path) => {
  const document = read(path)

  test('shows code that stands in an example', () => {
    const blocks = Array.from(document.matchAll(/^```(?:ts|html)\n(.*?)^```$/gms), ([, code = '']) => code)
    expect(blocks.filter((code) => !examples.some((example) => example.includes(code)))).toEqual([])
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

test('docs/events.md names every event, and no other', () => {
  const declared = read('packages/core/src/events.ts').matchAll(/readonly event_type: '([a-z._]+)'/g)
  const named = read('docs/events.md').matchAll(/^\| `([a-z._]+)` \|/gm)
  const names = (found: Iterable<RegExpMatchArray>) => new Set(Array.from(found, ([, name]) => name))
  expect(names(named)).toEqual(names(declared))
})
