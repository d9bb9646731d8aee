import { describe, expect, it } from 'vitest'
import { toBase64 } from './base64.ts'
import { ExecutorError, OptionsError } from './errors.ts'
import type { Display, ExecutionResult, FileChange, Session } from './executor.ts'
import { sha256 } from './hash.ts'
import { createOutputs, type Outputs } from './outputs.ts'
import type { OutputItem } from './summary.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'

describe('figures', () => {
  it('are outputs, each once in a run, by their bytes', async () => {
    const run = await runOf()
    await run.program({ displays: [png('one'), png('two'), png('one'), { data: { 'image/jpeg': base64('j') } }] })
    await run.program({ displays: [png('two')], value: png('three') })
    expect(run.items.map(({ path, mime_type, call_id }) => [path, mime_type, call_id])).toEqual([
      ['figure_1.png', 'image/png', 'call-1'],
      ['figure_2.png', 'image/png', 'call-1'],
      ['figure_3.jpg', 'image/jpeg', 'call-1'],
      ['figure_4.png', 'image/png', 'call-2'],
    ])
    expect(run.read('figure_2.png')).toBe('two')
    expect(run.warnings).toEqual([])
  })

  it('are whole: id, size and hash', async () => {
    const run = await runOf()
    await run.program({ displays: [png('one')] })
    expect(run.items).toEqual([
      {
        id: 'output_1',
        type: 'image',
        path: 'figure_1.png',
        mime_type: 'image/png',
        size: 3,
        sha256: await sha256('one'),
        call_id: 'call-1',
      },
    ])
  })

  it('are not made of displays that are none', async () => {
    const run = await runOf()
    await run.program({ displays: [{ data: { 'text/plain': 'a' } }, { data: { 'image/png': '' } }, { data: { 'image/png': '!' } }] })
    expect(run.items).toEqual([])
    expect(run.warnings).toEqual(['A display says that it is image/png, and is no base64. It is left out.'])
  })

  it('do not take the path of a file', async () => {
    const run = await runOf({ 'figure_1.png': 'file' })
    await run.program({ displays: [png('one')], files: [created('figure_1.png')] })
    expect(run.paths()).toEqual(['figure_1_2.png', 'figure_1.png'])
    expect([run.read('figure_1_2.png'), run.read('figure_1.png')]).toEqual(['one', 'file'])
  })

  it('make room for a file that takes their path later', async () => {
    const run = await runOf({ 'figure_1.png': 'file' })
    await run.program({ displays: [png('one')] })
    await run.program({ files: [created('figure_1.png')] })
    expect(run.paths()).toEqual(['figure_1_2.png', 'figure_1.png'])
    expect([run.read('figure_1_2.png'), run.read('figure_1.png')]).toEqual(['one', 'file'])
  })
})

describe('a figure that is saved too', () => {
  it('is one, under the name that it was saved by', async () => {
    const run = await runOf({ 'plot.png': 'one' })
    await run.program({ displays: [png('one')], files: [created('plot.png')] })
    expect(run.items.map(({ id, path, type }) => [id, path, type])).toEqual([['output_1', 'plot.png', 'image']])
    expect(run.read('plot.png')).toBe('one')
  })

  it('is one where it is shown after it was saved, or saved after it was shown', async () => {
    const run = await runOf({ 'a.png': 'one', 'b.png': 'two' })
    await run.program({ files: [created('a.png')] })
    await run.program({ displays: [png('one')] })
    await run.program({ displays: [png('two')] })
    await run.program({ files: [created('b.png')] })
    expect(run.paths()).toEqual(['a.png', 'b.png'])
  })

  it('is one where it is drawn anew under the same name', async () => {
    const run = await runOf({ 'plot.png': 'one' })
    await run.program({ displays: [png('one')], files: [created('plot.png')] })
    run.write('plot.png', 'two')
    await run.program({ displays: [png('two')], files: [{ ...created('plot.png'), change: 'modified' }] })
    expect(run.paths()).toEqual(['plot.png'])
    expect(run.read('plot.png')).toBe('two')
  })

  it('is two where it is saved under two names', async () => {
    const run = await runOf({ 'a.png': 'one', 'b.png': 'one' })
    await run.program({ displays: [png('one')], files: [created('a.png'), created('b.png')] })
    expect(run.paths()).toEqual(['a.png', 'b.png'])
    expect([run.read('a.png'), run.read('b.png')]).toEqual(['one', 'one'])
  })
})

describe('files', () => {
  it('are listed once each, in their last state', async () => {
    const run = await runOf({ 'a.csv': 'one', 'b/c.txt': 'x' })
    await run.program({ files: [created('a.csv'), created('b/c.txt')] })
    run.write('a.csv', 'three')
    await run.program({ files: [{ ...created('a.csv'), change: 'modified' }] })
    expect(run.items).toEqual([
      { id: 'output_1', type: 'file', path: 'a.csv', mime_type: 'text/csv', size: 5, sha256: await sha256('three'), call_id: 'call-2' },
      { id: 'output_2', type: 'file', path: 'b/c.txt', mime_type: 'text/plain', size: 1, sha256: await sha256('x'), call_id: 'call-1' },
    ])
    expect(run.read('a.csv')).toBe('three')
  })

  it('are gone where they were deleted', async () => {
    const run = await runOf({ 'a.csv': 'one' })
    await run.program({ files: [created('a.csv')] })
    await run.program({
      files: [
        { path: 'a.csv', change: 'deleted', size: 0 },
        { path: 'never.csv', change: 'deleted', size: 0 },
      ],
    })
    expect([run.items, run.warnings]).toEqual([[], []])
    expect(() => run.outputs.bytes('output_1')).toThrow()
    await run.program({ files: [created('a.csv')] })
    expect(run.items.map(({ id }) => id)).toEqual(['output_2'])
  })

  it('have the type that the executor says', async () => {
    const run = await runOf({ data: 'one' })
    await run.program({ files: [{ ...created('data'), mimeType: 'image/webp' }] })
    expect(run.items[0]).toMatchObject({ type: 'image', mime_type: 'image/webp' })
  })

  it.each(['x.constructor', 'x.__proto__'])('have plain types, whatever they are called: %s', async (path) => {
    const run = await runOf({ [path]: 'one' })
    await run.program({ files: [created(path)] })
    expect(run.items[0]).toMatchObject({ type: 'file', mime_type: 'application/octet-stream' })
  })

  it.each(['/etc/passwd', '../a', 'a/../../b', 'C:\\a', 'a\0b', ''])('are left out where their path is not safe: %j', async (path) => {
    const run = await runOf({ [path]: 'one' })
    await run.program({ files: [created(path)] })
    expect(run.items).toEqual([])
    expect(run.warnings).toEqual([expect.stringContaining(JSON.stringify(path))])
  })

  it('are listed where they cannot be read, with a warning', async () => {
    const run = await runOf()
    await run.program({ files: [{ path: 'a.csv', change: 'created', size: 9, sha256: 'abc' }] })
    expect(run.items).toEqual([
      { id: 'output_1', type: 'file', path: 'a.csv', mime_type: 'text/csv', size: 9, sha256: 'abc', call_id: 'call-1' },
    ])
    expect(run.warnings).toEqual(['The file a.csv could not be read: there is no file "a.csv"'])
    expect(errorOf(() => run.outputs.bytes('output_1'))).toMatchObject({ code: 'too_large' })
  })

  it('that cannot be read any more do not keep the bytes of before', async () => {
    const run = await runOf({ 'a.csv': 'one' })
    await run.program({ files: [created('a.csv')] })
    run.remove('a.csv')
    await run.program({ files: [{ ...created('a.csv'), change: 'modified' }] })
    expect(errorOf(() => run.outputs.bytes('output_1'))).toBeInstanceOf(ExecutorError)
  })

  it('do not change the list that was told before', async () => {
    const run = await runOf({ 'a.csv': 'one' })
    await run.program({ files: [created('a.csv')] })
    const before = run.items
    const copy = structuredClone(before)
    await run.program({ files: [{ path: 'a.csv', change: 'deleted', size: 0 }] })
    expect(before).toEqual(copy)
  })
})

describe('the bound', () => {
  it('keeps what fits, and lists the rest with a warning', async () => {
    const run = await runOf({ 'a.txt': 'aaaa', 'b.txt': 'bbbbbbbb', 'c.txt': 'cc' }, 10)
    await run.program({ displays: [png('four')], files: [created('a.txt', 4), created('b.txt', 8), created('c.txt', 2)] })
    expect(run.paths()).toEqual(['figure_1.png', 'a.txt', 'b.txt', 'c.txt'])
    expect(run.warnings).toEqual(['b.txt (8 bytes) is listed, but not kept: a run keeps 10 bytes of its outputs.'])
    expect([run.read('a.txt'), run.read('c.txt')]).toEqual(['aaaa', 'cc'])
    expect(errorOf(() => run.outputs.bytes('output_3'))).toMatchObject({
      code: 'too_large',
      message: 'The bytes of output_3 were not kept: a run keeps 10 bytes of its outputs.',
    })
  })

  it('does not count what a file was before', async () => {
    const run = await runOf({ 'a.txt': 'aaaaaaaa' }, 10)
    await run.program({ files: [created('a.txt', 8)] })
    run.write('a.txt', 'bbbbbbbbb')
    await run.program({ files: [{ ...created('a.txt', 9), change: 'modified' }] })
    expect([run.read('a.txt'), run.warnings]).toEqual(['bbbbbbbbb', []])
  })

  it('has room again after a deletion', async () => {
    const run = await runOf({ 'a.txt': 'aaaaaaaa', 'b.txt': 'bbbbbbbb' }, 10)
    await run.program({ files: [created('a.txt', 8)] })
    await run.program({ files: [{ path: 'a.txt', change: 'deleted', size: 0 }, created('b.txt', 8)] })
    expect([run.read('b.txt'), run.warnings]).toEqual(['bbbbbbbb', []])
  })

  it('holds also where a file is larger than its executor says', async () => {
    const run = await runOf({ 'a.txt': 'aaaaaaaaaaaa' }, 10)
    await run.program({ files: [created('a.txt', 1)] })
    expect(run.items[0]).toMatchObject({ size: 12 })
    expect(run.warnings).toEqual(['a.txt (12 bytes) is listed, but not kept: a run keeps 10 bytes of its outputs.'])
  })

  it('holds for figures', async () => {
    const run = await runOf({}, 10)
    await run.program({ displays: [png('much too long for it'), png('fits')] })
    expect(run.paths()).toEqual(['figure_1.png', 'figure_2.png'])
    expect(run.warnings).toEqual(['figure_1.png (20 bytes) is listed, but not kept: a run keeps 10 bytes of its outputs.'])
    expect(run.read('figure_2.png')).toBe('fits')
  })
})

describe('bytes', () => {
  it.each(['output_2', 'output_0', 'output_', 'plot.png', ''])('are refused for %j, which there is not', async (id) => {
    const run = await runOf()
    await run.program({ displays: [png('one')] })
    expect(errorOf(() => run.outputs.bytes(id))).toBeInstanceOf(OptionsError)
  })
})

/** Programs of one run, one after the other, over the files of a session. */
async function runOf(given: Readonly<Record<string, string>> = {}, keptBytes?: number) {
  const executor = scriptedExecutor([])
  const session: Session = await executor.createSession()
  const outputs: Outputs = createOutputs(keptBytes)
  const warnings: string[] = []
  let items: readonly OutputItem[] = []
  let programs = 0
  const write = (path: string, content: string): void => void executor.files.set(path, new TextEncoder().encode(content))
  for (const [path, content] of Object.entries(given)) write(path, content)
  return {
    outputs,
    warnings,
    write,
    remove: (path: string) => executor.files.delete(path),
    get items() {
      return items
    },
    paths: () => items.map(({ path }) => path),
    read: (path: string) => new TextDecoder().decode(outputs.bytes(items.find((item) => item.path === path)?.id ?? '')),
    async program(result: Partial<ExecutionResult>) {
      const collected = await outputs.collect(items, resultOf(result), session, `call-${++programs}`)
      items = collected.outputs
      warnings.push(...collected.warnings)
    },
  }
}

function created(path: string, size = 3): FileChange {
  return { path, change: 'created', size }
}

function png(bytes: string): Display {
  return { data: { 'image/png': base64(bytes), 'text/plain': '<Figure>' } }
}

function base64(bytes: string): string {
  return toBase64(new TextEncoder().encode(bytes))
}

function resultOf(more: Partial<ExecutionResult>): ExecutionResult {
  return {
    outcome: 'OUTCOME_OK',
    reason: 'completed',
    stdout: '',
    stderr: '',
    displays: [],
    files: [],
    state: 'kept',
    generation: 1,
    usage: { queuedMs: 0, wallMs: 1, toolMs: 0 },
    ...more,
  }
}

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
