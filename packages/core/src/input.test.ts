import { describe, expect, it } from 'vitest'
import { toBase64 } from './base64.ts'
import { OptionsError } from './errors.ts'
import type { FileInput } from './executor.ts'
import { type Input, readInput } from './input.ts'

const NONE = { numbered: 0, always: [], code: true } as const
const bytes = (size: number): Uint8Array => new Uint8Array(size)
const FOLDER = 'Files in the working folder of the Python interpreter:\n'

describe('who gets what', () => {
  it('is the model alone for text', () => {
    const whole = { parts: [{ text: 'Hi' }], content: [{ type: 'text', text: 'Hi' }], files: [], results: [] }
    expect(readInput('Hi', NONE)).toEqual(whole)
    expect(readInput([{ text: 'Hi' }], NONE)).toEqual(whole)
  })

  it('is model and session for a file that the model can take', () => {
    const content = new TextEncoder().encode('a,b\n1,2\n')
    expect(readInput([{ text: 'Sum.' }, { content, mimeType: 'text/csv', name: 'sales.csv' }], NONE)).toEqual({
      parts: [
        { text: 'Sum.' },
        { inlineData: { mimeType: 'text/csv', data: toBase64(content) } },
        { text: `${FOLDER}- sales.csv, also as input_file_0.csv (text/csv, 8 bytes, columns: a, b)` },
      ],
      content: [
        { type: 'text', text: 'Sum.' },
        { type: 'document', mime_type: 'text/csv', name: 'sales.csv' },
      ],
      files: [{ path: 'sales.csv', content, mimeType: 'text/csv', aliases: ['input_file_0.csv'] }],
      results: [],
    })
  })

  it('is the session alone for a file that the model cannot take', () => {
    const content = bytes(9)
    const read = readInput([{ text: 'Sum.' }, { content, mimeType: 'application/vnd.sqlite3', name: 'a.db' }], NONE)
    expect(read.parts).toEqual([
      { text: 'Sum.' },
      { text: `${FOLDER}- a.db, also as input_file_0.sqlite (application/vnd.sqlite3, 9 bytes)` },
    ])
    expect(read.files).toEqual([{ path: 'a.db', content, mimeType: 'application/vnd.sqlite3', aliases: ['input_file_0.sqlite'] }])
  })

  it('is the model alone for a file that it has already', () => {
    const part = { fileData: { fileUri: 'https://files/a', mimeType: 'video/mp4' } }
    expect(readInput([{ text: 'Watch.' }, part, { fileData: { fileUri: 'https://files/b' } }], NONE)).toEqual({
      parts: [{ text: 'Watch.' }, part, { fileData: { fileUri: 'https://files/b' } }],
      content: [
        { type: 'text', text: 'Watch.' },
        { type: 'video', mime_type: 'video/mp4', uri: 'https://files/a' },
        { type: 'document', mime_type: 'application/octet-stream', uri: 'https://files/b' },
      ],
      files: [],
      results: [],
    })
  })

  it('is both for inlineData, which the model gets as it was written', () => {
    const part = { inlineData: { mimeType: 'image/png', data: 'aGk', displayName: 'a.png' } }
    const read = readInput([part], NONE)
    expect(read.parts[0]).toBe(part)
    expect(read.files).toEqual([
      { path: 'a.png', content: new TextEncoder().encode('hi'), mimeType: 'image/png', aliases: ['input_file_0.png'] },
    ])
    expect(read.content).toEqual([{ type: 'image', mime_type: 'image/png', name: 'a.png' }])
  })

  it('is the chat for the results of functions', () => {
    const result = { callId: 'call-1', result: { ok: true } }
    expect(readInput([result], NONE)).toEqual({ parts: [], content: [], files: [], results: [result] })
  })

  it('takes a text for the content of a file', () => {
    const read = readInput([{ content: 'ä', mimeType: 'text/plain', name: 'a.txt' }], NONE)
    expect(read.parts[0]).toEqual({ inlineData: { mimeType: 'text/plain', data: 'w6Q=' } })
    expect(read.files[0]?.content).toBe('ä')
  })
})

describe('names', () => {
  it('are those that Gemini expects where none is given', () => {
    const read = readInput(
      [
        { content: 'a', mimeType: 'text/csv' },
        { content: 'b', mimeType: 'text/csv', name: 'b.csv' },
        { content: 'c', mimeType: 'application/x-unheard-of' },
        { content: 'd', mimeType: 'text/csv', name: 'input_file_3.csv' },
      ],
      NONE,
    )
    expect(read.files.map(({ path, aliases }) => [path, aliases])).toEqual([
      ['input_file_0.csv', undefined],
      ['b.csv', ['input_file_1.csv']],
      ['input_file_2.bin', undefined],
      ['input_file_3.csv', undefined],
    ])
  })

  it('go on counting where the conversation had files before', () => {
    const read = readInput([{ content: 'a', mimeType: 'text/csv' }], { ...NONE, numbered: 4 })
    expect(read.files[0]?.path).toBe('input_file_4.csv')
  })

  it('do not count files that are there anyway, which are told with these', () => {
    const always: readonly FileInput[] = [
      { path: 'always.csv', content: 'x;y\n', aliases: ['x.csv'] },
      { path: 'README', content: 'Hi' },
    ]
    const read = readInput([{ text: 'Sum.' }, { content: 'a', mimeType: 'text/csv' }], { ...NONE, always })
    expect(read.files.map(({ path }) => path)).toEqual(['input_file_0.csv'])
    expect(read.parts.at(-1)).toEqual({
      text: `${FOLDER}- always.csv, also as x.csv (text/csv, 4 characters, columns: x, y)\n- README (application/octet-stream, 2 characters)\n- input_file_0.csv (text/csv, 1 characters, columns: a)`,
    })
  })

  it.each<[string, Input, readonly FileInput[]]>([
    [
      'two parts',
      [
        { content: 'a', mimeType: 'text/csv', name: 'a.csv' },
        { content: 'b', mimeType: 'text/csv', name: 'a.csv' },
      ],
      [],
    ],
    ['a part and a file that is there anyway', [{ content: 'a', mimeType: 'text/csv', name: 'a.csv' }], [{ path: 'a.csv', content: '' }]],
    [
      'a part and the alias of another',
      [
        { content: 'a', mimeType: 'text/csv', name: 'input_file_1.csv' },
        { content: 'b', mimeType: 'text/csv', name: 'b.csv' },
      ],
      [],
    ],
  ])('are not shared by %s', (_, input, always) => {
    expect(errorOf(() => readInput(input, { ...NONE, always }))).toMatchObject({
      code: 'invalid_option',
      message: expect.stringMatching(/^Two files have the name "/),
    })
  })
})

describe('what the model is sent of files', () => {
  const sent = (input: Input): number => readInput(input, NONE).parts.filter((part) => part.inlineData).length

  it('is text up to 2 MiB', () => {
    expect(sent([{ content: bytes(2 * 2 ** 20), mimeType: 'text/csv' }])).toBe(1)
    expect(sent([{ content: bytes(2 * 2 ** 20 + 1), mimeType: 'text/csv' }])).toBe(0)
    expect(sent([{ content: 'ä'.repeat(2 ** 20 + 1), mimeType: 'text/plain' }])).toBe(0) // counted in bytes
  })

  it('is 15 MiB in all, and what fits after what did not', () => {
    const image = (mebibytes: number): Extract<Input, readonly unknown[]>[number] => ({
      content: bytes(mebibytes * 2 ** 20),
      mimeType: 'image/png',
    })
    expect(sent([image(15)])).toBe(1)
    expect(sent([image(16)])).toBe(0)
    expect(sent([image(8), image(8), image(7)])).toBe(2)
  })

  it.each([
    ['image/png', 1],
    ['IMAGE/PNG; x=1', 1],
    ['application/pdf', 1],
    ['text/x-python', 1],
    ['application/xml', 1],
    ['image/svg+xml', 0],
    ['application/json', 0],
    ['application/zip', 0],
    ['audio/wav', 0],
  ])('is what it can take: %s', (mimeType, expected) => {
    expect(sent([{ content: bytes(9), mimeType }])).toBe(expected)
  })
})

describe('without an interpreter', () => {
  it('there is no briefing, and the model gets what it can take', () => {
    const read = readInput([{ text: 'See.' }, { content: bytes(1), mimeType: 'image/png' }], { ...NONE, code: false })
    expect(read.parts).toEqual([{ text: 'See.' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }])
  })

  it('a file that the model cannot take is refused', () => {
    const read = (): unknown => readInput([{ content: bytes(3), mimeType: 'application/zip', name: 'a.zip' }], { ...NONE, code: false })
    expect(errorOf(read)).toMatchObject({
      code: 'invalid_option',
      option: 'input',
      message:
        'The model cannot take the file a.zip (application/zip, 3 bytes), and there is no interpreter in this run that could read it',
    })
  })
})

describe('an input that cannot be right', () => {
  const PART = 'A part of the input must have text, content, inlineData, fileData or callId, got '
  it.each<[unknown, string]>([
    [undefined, 'The input must be a text, or at least one part'],
    [null, 'The input must be a text, or at least one part'],
    [5, 'The input must be a text, or at least one part'],
    ['', 'The input must be a text, or at least one part'],
    [[], 'The input must be a text, or at least one part'],
    [[{ text: '' }, { text: '' }], 'The input must be a text, or at least one part'],
    [{ text: 'Hi' }, 'The input must be a text, or at least one part'],
    [['Hi'], `${PART}"Hi"`],
    [[null], `${PART}null`],
    [[{}], `${PART}{}`],
    [[{ txt: 'Hi' }], `${PART}{"txt":"Hi"}`],
    [[{ text: 5 }], 'The text of an input part must be a string, got 5'],
    [[{ content: 'a', name: 'a.csv' }], "The file a.csv must have a mimeType, such as 'text/csv'"],
    [[{ content: 'a', mimeType: '' }], "The file 0 must have a mimeType, such as 'text/csv'"],
    [[{ content: [1], mimeType: 'text/csv', name: 'a.csv' }], 'The content of the file a.csv must be a string or a Uint8Array'],
    [[{ content: 'a', mimeType: 'text/csv', name: 5 }], 'The name of a file must be a string, got 5'],
    [[{ content: 'a', mimeType: 'text/csv', name: '../a' }], 'the path of a file must not contain .., got "../a"'],
    [[{ content: 'a', mimeType: 'text/csv', name: '' }], 'the path of a file must not be empty, got ""'],
    [[{ inlineData: { mimeType: 'image/png', data: '!' } }], 'The data of inlineData must be base64'],
    [[{ inlineData: { mimeType: 'image/png' } }], 'The data of inlineData must be base64, got undefined'],
    [[{ inlineData: 'aQ==' }], 'inlineData must be an object, got "aQ=="'],
    [[{ fileData: 'https://files/a' }], 'fileData must be an object, got "https://files/a"'],
    [[{ fileData: {} }], 'The fileUri of fileData must be a string, got undefined'],
    [[{ callId: 5, result: 1 }], 'The callId of a result must be a string, got 5'],
  ])('is refused: %j', (input, message) => {
    const thrown = errorOf(() => readInput(input as Input, NONE))
    expect(thrown).toBeInstanceOf(OptionsError)
    expect((thrown as OptionsError).message).toContain(message)
  })
})

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
