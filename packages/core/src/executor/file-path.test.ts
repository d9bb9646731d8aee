import { expect, test } from 'vitest'
import { checkFiles } from './file-path.ts'

test.each(['a.txt', 'data/a.txt', '.hidden', 'a..b', '...', 'Übersicht 1.csv', 'ab:c.txt', './a.txt'])('takes the path %j', (path) => {
  expect(() => checkFiles([{ path, content: '' }])).not.toThrow()
})

test.each([
  ['', 'not be empty'],
  ['a\0b', 'not contain NUL'],
  ['/etc/passwd', 'be relative to the working folder'],
  ['\\\\server\\share', 'be relative to the working folder'],
  ['C:\\a.txt', 'be relative to the working folder'],
  ['../a.txt', 'not contain ..'],
  ['data/../../a.txt', 'not contain ..'],
  ['data\\..\\a.txt', 'not contain ..'],
])('refuses the path %j: it must %s', (path, rule) => {
  const expected = `the path of a file must ${rule}, got ${JSON.stringify(path)}`
  expect(() => checkFiles([{ path, content: '' }])).toThrow(expected)
  expect(() => checkFiles([{ path: 'fine.txt', content: '', aliases: ['also-fine.txt', path] }])).toThrow(expected)
})
