import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fences } from './fenced.ts'
import type { Found } from './found.ts'

const TEXTS: readonly (readonly [what: string, text: string, expected: readonly Found[]])[] = [
  ['nothing', '', []],
  ['text alone', 'It is 4.\n', [text('It is 4.\n')]],
  ['text without a line end', 'It is 4.', [text('It is 4.')]],
  ['a program', '```python\nprint(4)\n```\n', program('print(4)\n')],
  ['a program at the very end', '```python\nprint(4)\n```', program('print(4)\n')],
  ['a program between texts', 'So:\n```python\nprint(4)\n```\nDone.', [text('So:\n'), ...program('print(4)\n'), text('Done.')]],
  ['an empty program', '```python\n```\n', program('')],
  ['a label in capital letters', '```Python\na\n```\n', program('a\n')],
  ['the label py', '```py\na\n```\n', program('a\n')],
  ['the label python3', '```python3\na\n```\n', program('a\n')],
  ['the label tool_code', '```tool_code\na\n```\n', program('a\n')],
  ['words after the label', '```python title="a.py"\na\n```\n', program('a\n')],
  ['a space before the label', '``` python\na\n```\n', program('a\n')],
  ['tildes', '~~~python\na\n~~~\n', program('a\n')],
  ['backticks within tildes', '~~~python\n```\n~~~\n', program('```\n')],
  ['tildes within backticks', '```python\n~~~\n```\n', program('~~~\n')],
  ['a longer closing line', '```python\na\n`````\n', program('a\n')],
  ['a shorter line, which closes nothing', '````python\n```\n````\n', program('```\n')],
  ['spaces after the closing line', '```python\na\n```  \n', program('a\n')],
  ['an indented closing line', '```python\na\n   ```\n', program('a\n')],
  ['a fence in a list', '1. So:\n   ```python\n   if a:\n     b\n   ```\n', [text('1. So:\n'), ...program('if a:\n  b\n')]],
  ['a fence that is indented by a tab', '\t```python\n\ta\n\t```\n', program('a\n')],
  ['lines that are indented less than their fence', '   ```python\n  a\nb\n\n   ```\n', program('  a\nb\n\n')],
  ['carriage returns', '```python\r\na\r\n```\r\nb\r\n', [...program('a\r\n'), text('b\r\n')]],
  ['two programs', '```python\na\n```\n```py\nb\n```\n', [...program('a\n', 1), ...program('b\n', 2)]],
  ['two programs with text between', '```py\na\n```\nand\n```py\nb\n```', [...program('a\n', 1), text('and\n'), ...program('b\n', 2)]],
  ['a fence of another language', '```js\na\n```\n', [text('```js\na\n```\n')]],
  ['a fence without a label', '```\na\n```\n', [text('```\na\n```\n')]],
  ['a fence with a label that only begins alike', '```python-repl\na\n```\n', [text('```python-repl\na\n```\n')]],
  ['a program within a fence of text', '````markdown\n```python\na\n```\n````\n', [text('````markdown\n```python\na\n```\n````\n')]],
  ['a program after a fence of another language', '```js\na\n```\n```python\nb\n```\n', [text('```js\na\n```\n'), ...program('b\n')]],
  ['a fence within a line', 'Write ```python to begin.\n', [text('Write ```python to begin.\n')]],
  ['a program in one line', '```python print(4)```\n', [text('```python print(4)```\n')]],
  ['code in backticks', '`a` and ``b``\n', [text('`a` and ``b``\n')]],
  ['backticks at the end', 'a\n``', [text('a\n``')]],
  ['a text of spaces', '    ', [text('    ')]],
  ['a program without an end', '```python\nprint(4)\n', unclosed('print(4)\n')],
  ['a program that breaks off in a line', '```python\nprint(', unclosed('print(')],
  ['a program whose closing line lacks a tick', '```python\na\n``', unclosed('a\n``')],
  ['an opening line without an end', '```python', unclosed('')],
  ['an open fence of another language', '```js\na', [text('```js\na')]],
  ['a fence that is cited in a program', '```python\ns = """\n ``` x\n"""\n```\n', program('s = """\n ``` x\n"""\n')],
]

describe('fences', () => {
  it.each(TEXTS)('reads %s', (_, given, expected) => {
    expect(found([given])).toEqual(expected)
  })

  it.each(TEXTS)('reads %s the same, wherever it is cut in two', (_, given, expected) => {
    for (let at = 0; at <= given.length; at++) expect(found([given.slice(0, at), given.slice(at)])).toEqual(expected)
  })

  it.each(TEXTS)('reads %s the same, character by character', (_, given, expected) => {
    expect(found(given.split(''))).toEqual(expected)
  })

  it('finds the same, however any text is cut', () => {
    const piece = fc.constantFrom(
      '```',
      '~~~',
      '`',
      '~',
      '````',
      'python',
      'py',
      'js',
      ' ',
      '   ',
      '\t',
      '\n',
      '\r\n',
      'a',
      'print(4)',
      '😀',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), fc.array(fc.nat(80), { maxLength: 8 }), (pieces, cuts) => {
        const given = pieces.join('')
        expect(found(cutAt(given, cuts))).toEqual(found([given]))
      }),
      { numRuns: 500 },
    )
  })

  it('loses no character of a text that has no program', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '~', ' ', '\n', 'j', 's') }), (given) => {
        expect(found([given])).toEqual(given === '' ? [] : [text(given)])
      }),
    )
  })

  it('tells text and code before their lines end', () => {
    const reader = fences(ids())
    expect([...reader.read('It is')]).toEqual([text('It is')])
    expect([...reader.read(' 4.\n```python\nprint(')]).toEqual([text(' 4.\n'), { kind: 'code_start', id: 'code_1' }, code('print(')])
    expect([...reader.read('4)')]).toEqual([code('4)')])
  })

  it('holds back only what may become a fence', () => {
    const reader = fences(ids())
    expect([...reader.read('a\n``')]).toEqual([text('a\n')])
    expect([...reader.read('b')]).toEqual([text('``b')])
  })

  it('begins anew after an end', () => {
    const reader = fences(ids())
    expect([...reader.read('a'), ...reader.end()]).toEqual([text('a')])
    expect(joined([...reader.read('```python\nb'), ...reader.end()])).toEqual(unclosed('b'))
    expect(joined([...reader.read('c\n'), ...reader.end()])).toEqual([text('c\n')])
  })
})

/** What is found in the pieces, with finds of one kind that follow each other joined. */
function found(pieces: readonly string[]): readonly Found[] {
  const reader = fences(ids())
  return joined([...pieces.flatMap((piece) => [...reader.read(piece)]), ...reader.end()])
}

function joined(finds: readonly Found[]): readonly Found[] {
  const all: Found[] = []
  for (const find of finds) {
    const last = all.at(-1)
    if (find.kind === 'text' && last?.kind === 'text') all[all.length - 1] = text(last.text + find.text)
    else if (find.kind === 'code' && last?.kind === 'code') all[all.length - 1] = code(last.text + find.text)
    else all.push(find)
  }
  return all
}

function cutAt(given: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, given.length)), given.length].toSorted((a, b) => a - b)
  return places.slice(1).map((place, index) => given.slice(places[index], place))
}

function ids(): () => string {
  let made = 0
  return () => `code_${++made}`
}

function text(given: string): Found {
  return { kind: 'text', text: given }
}

function code(given: string): Found {
  return { kind: 'code', text: given }
}

function program(source: string, number = 1, more: { readonly unclosed?: true } = {}): readonly Found[] {
  const id = `code_${number}`
  return [
    { kind: 'code_start', id },
    ...(source === '' ? [] : [code(source)]),
    {
      kind: 'call',
      call: { kind: 'code', form: 'fenced', id, code: source, language: 'python', host: 'executor' },
      streamed: true,
      ...more,
    },
  ]
}

function unclosed(source: string): readonly Found[] {
  return program(source, 1, { unclosed: true })
}
