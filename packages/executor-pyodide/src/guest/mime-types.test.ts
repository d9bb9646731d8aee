import { expect, test } from 'vitest'
import { mimeTypeOf } from './mime-types.ts'

test.each([
  ['table.csv', 'text/csv'],
  ['folder.d/plot.PNG', 'image/png'],
  ['a.tar.gz', 'application/x-tar'],
  ['a.tgz', 'application/x-tar'],
  ['table.csv.gz', 'text/csv'],
  ['notes.md', 'text/markdown'],
  ['only.gz', undefined],
  ['.csv', undefined],
  ['csv', undefined],
  ['folder.csv/plain', undefined],
  ['a.constructor', undefined],
  ['a.__proto__', undefined],
  ['', undefined],
])('%j has the type that Python gives it', (path, type) => {
  expect(mimeTypeOf(path)).toBe(type)
})
