import { describe, expect, it } from 'vitest'
import { briefing, modelTakes } from './files-in.ts'

describe('modelTakes', () => {
  it.each([
    ['text/plain', 2 * 2 ** 20, 0, true],
    ['text/plain', 2 * 2 ** 20 + 1, 0, false],
    ['application/javascript', 2 * 2 ** 20 + 1, 0, false],
    ['application/pdf', 15 * 2 ** 20, 0, true],
    ['application/pdf', 15 * 2 ** 20, 1, false],
    ['text/plain', 1, 15 * 2 ** 20, false],
    ['', 0, 0, false],
  ])('%s of %i bytes after %i: %s', (mimeType, size, before, expected) => {
    expect(modelTakes(mimeType, size, before)).toBe(expected)
  })
})

describe('the columns of a table', () => {
  it.each<[string, string | Uint8Array, string | undefined]>([
    ['commas', 'a, b ,c\n1,2,3\n', 'a, b, c'],
    ['semicolons', 'a;b,c\r\n1;2\r\n', 'a, b,c'],
    ['tabs', 'a\tb;c,d', 'a, b;c,d'],
    ['one column', 'a\n1\n', 'a'],
    ['quotes', '"a,b",c,"d"\n', 'a,b, c, d'],
    ['quotes in quotes', '"a ""b""",c\n', 'a b, c'],
    ['a byte order mark', '\ufeffa,b\n', 'a, b'],
    ['bytes', new TextEncoder().encode('\ufeffä,b\n1,2'), 'ä, b'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00), '\ufffd\ufffd?'],
    ['nothing', '', undefined],
    ['an empty first line', '\na,b', undefined],
  ])('are found between %s', (_, content, expected) => {
    const size = typeof content === 'string' ? `${content.length} characters` : `${content.length} bytes`
    expect(line({ path: 'a.csv', content, mimeType: 'text/csv' })).toBe(
      `- a.csv (text/csv, ${size}${expected === undefined ? '' : `, columns: ${expected}`})`,
    )
  })

  it('are looked for in tables alone', () => {
    expect(line({ path: 'a.txt', content: 'a,b', mimeType: 'text/plain' })).toBe('- a.txt (text/plain, 3 characters)')
    expect(line({ path: 'a.tsv', content: 'a\tb', mimeType: '' })).toBe('- a.tsv (text/tab-separated-values, 3 characters, columns: a, b)')
  })

  it('are as many as fit in a line', () => {
    const header = Array.from({ length: 1_000 }, (_, at) => `c${at}`).join(',')
    expect(line({ path: 'a.csv', content: header, mimeType: 'text/csv' })).toMatch(/, columns: c0, c1, .*, c\d+, and \d+ more\)$/)
  })

  it('do not make the line long where the first line is', () => {
    expect(line({ path: 'a.csv', content: 'x'.repeat(1_000_000), mimeType: 'text/csv' }).length).toBeLessThan(400)
    expect(line({ path: 'a.csv', content: `${'x'.repeat(500)},`.repeat(500), mimeType: 'text/csv' }).length).toBeLessThan(1_700)
  })
})

describe('briefing', () => {
  it('names each file on a line of its own, whatever it is called', () => {
    const text = briefing([
      { path: 'a.png', content: Uint8Array.of(1), mimeType: 'image/png', aliases: ['input_file_0.png'] },
      { path: 'b\n- c.csv', content: 'a,"b\n- d",e', mimeType: 'text/csv' },
    ])
    expect(text.split('\n')).toEqual([
      'Files in the working folder of the Python interpreter:',
      '- a.png, also as input_file_0.png (image/png, 1 bytes)',
      '- b?- c.csv (text/csv, 11 characters, columns: a, b)',
    ])
  })
})

function line(file: Parameters<typeof briefing>[0][number]): string {
  return briefing([file]).split('\n').slice(1).join('\n')
}
