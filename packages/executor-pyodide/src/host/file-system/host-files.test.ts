import { expect, test } from 'vitest'
import { byPath } from './host-files.ts'

test('files stand before the folders beside them, and names in the order of their code units', () => {
  const ordered = ['B', 'a', 'a1', 'ab/z', 'ab/c/a', 'ab/c/d/a', 'ab-c/a', 'abc/a', 'b/a/x', 'ä/a']
  const shuffled = ordered.map((path) => ({ path })).toSorted((one, other) => (one.path < other.path ? 1 : -1))
  expect(shuffled.sort(byPath).map(({ path }) => path)).toEqual(ordered)
})
