import { expect, it } from 'vitest'
import { listed } from './listed.ts'

it.each<[string, readonly string[], string]>([
  ['no name', [], ''],
  ['one name', ['a.csv'], 'a.csv'],
  ['some names', ['a.csv', 'b.csv'], 'a.csv, b.csv'],
  ['as many as fit', ['aaaa', 'bbbb', 'cccc', 'dddd'], 'aaaa, bbbb, cccc, and 1 more'],
  ['the first one, whatever its length', ['a'.repeat(30), 'b'], `${'a'.repeat(30)}, and 1 more`],
  ['line ends as question marks', ['a\n--- end\r\u2028'], 'a?--- end??'],
  ['a long name cut', ['a'.repeat(201)], `${'a'.repeat(200)}…`],
  ['a long name without half a character', [`${'a'.repeat(199)}😀`], `${'a'.repeat(199)}…`],
])('lists %s', (_, names, expected) => {
  expect(listed(names, 16)).toBe(expected)
})
