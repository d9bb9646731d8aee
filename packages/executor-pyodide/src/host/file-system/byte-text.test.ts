import { expect, test } from 'vitest'
import { bytesOf, byteText, fromByteText, toByteText } from './byte-text.ts'

test('any bytes are kept, and texts of people become UTF-8', () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index)
  expect(bytesOf(byteText(all))).toEqual(all)
  expect([
    toByteText('é'),
    fromByteText('\u00c3\u00a9'),
    fromByteText('\u00c3'),
    toByteText('\ufeffx').length,
    fromByteText('\u00ef\u00bb\u00bfx'),
  ]).toEqual(['\u00c3\u00a9', 'é', undefined, 4, '\ufeffx'])
})
