import { expect, it } from 'vitest'
import { shown } from './shown.ts'

const circle: { self?: unknown } = {}
circle.self = circle

it.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [4n, '4n'],
  ['a\nb', '"a\\nb"'],
  [{ a: [1] }, '{"a":[1]}'],
  [() => 4, 'a function'],
  [class {}, 'a function'],
  [Symbol('a'), 'Symbol(a)'],
  [circle, '[object Object]'],
  [{ a: 4n }, '[object Object]'],
  ['x'.repeat(200), `"${'x'.repeat(99)}…`],
  [`${'x'.repeat(98)}😀😀`, `"${'x'.repeat(98)}…`],
])('shows %o as %s', (value, expected) => {
  expect(shown(value)).toBe(expected)
})
