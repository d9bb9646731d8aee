import { afterEach, describe, expect, test, vi } from 'vitest'
import { execute } from '../../test/defined.ts'
import { raise, type ToyExecutor, type ToyProgram, toyExecutor } from '../../test/toy-executor.ts'
import { ExecutorError } from '../errors.ts'
import type { ExecutionContext, ExecutorEvent, MoveCause, Session } from '../executor.ts'
import { scriptedExecutor } from '../testing/scripted-executor.ts'
import { type FallbackOptions, withFallback } from './with-fallback.ts'

const MOVED = { from: 'first', to: 'second', cause: 'missing_package', variables: 'rebuilt', ran: 'second' } as const
const LOST = { ...MOVED, variables: 'lost' } as const

const programs: Readonly<Record<string, ToyProgram>> = {
  'x = 1': ({ variables }) => void variables.set('x', 1),
  'x += 1; print(x)': ({ variables }) => {
    variables.set('x', Number(variables.get('x')) + 1)
    return { stdout: `${variables.get('x')}\n` }
  },
  'print(x)': ({ variables }) =>
    variables.has('x') ? { stdout: `${variables.get('x')}\n` } : raise('NameError', "name 'x' is not defined"),
  'y = 5; 1 / 0': ({ variables }) => {
    variables.set('y', 5)
    raise('ZeroDivisionError', 'division by zero')
  },
  'print(y)': ({ variables }) => ({ stdout: `${variables.get('y')}\n` }),
  'read and remove in.csv': ({ files, variables }) => {
    variables.set('x', files.get('in.csv') ?? raise('FileNotFoundError', 'in.csv'))
    files.delete('in.csv')
    return { stdout: 'read\n' }
  },
  'append to log.txt': ({ files, variables }) => {
    files.set('log.txt', `${files.get('log.txt') ?? ''}line\n`)
    variables.set('x', files.get('log.txt')?.length)
  },
  'x = random()': ({ variables }) => {
    variables.set('x', crypto.randomUUID())
    return { value: { data: { 'text/plain': String(variables.get('x')) } } }
  },
  'x = object()': ({ variables }) => {
    variables.set('x', 'object')
    return { value: { data: { 'text/plain': `<object at 0x${crypto.randomUUID().slice(0, 8)}>` } } }
  },
  'x = tools.mail()': async ({ variables, context }) => {
    variables.set('x', await context.callTool({ id: '1', name: 'mail', arguments: { to: 'anna' } }))
  },
  'try tools.mail()': ({ variables, context }) =>
    context.callTool({ id: '1', name: 'mail', arguments: { to: 'nobody' } }).then(
      () => undefined,
      (error: Error) => void variables.set('x', error.message),
    ),
  'tools.mail() in the second alone': async ({ place, context }) => {
    if (place === 'second') await context.callTool({ id: '1', name: 'mail', arguments: {} }).catch(() => undefined)
    return undefined
  },
  'tools.mail() in the first alone': async ({ place, context }) => {
    if (place === 'first') await context.callTool({ id: '1', name: 'mail', arguments: {} })
    return undefined
  },
  'start tools.mail()': ({ context }) => void context.callTool({ id: '1', name: 'slow', arguments: {} }).catch(() => undefined),
  'import chess': ({ load, place }) => {
    load('chess')
    return { stdout: `chess in ${place}\n` }
  },
  'import chess.pgn': ({ place }) => (place === 'first' ? raise('ModuleNotFoundError', 'chess.pgn', 'chess.pgn') : undefined),
  'import pandsa': ({ load }) => void load('pandsa'),
  'print and show; import chess': ({ load, context, place }) => {
    context.emit({ type: 'stdout', text: 'one\n' })
    context.emit({ type: 'display', display: { data: { 'text/plain': 'figure' } } })
    load('chess')
    context.emit({ type: 'stdout', text: `two in ${place}\n` })
    return undefined
  },
  'write out.txt; import chess': ({ files, load }) => {
    files.set('out.txt', 'out')
    load('chess')
  },
  'tools.mail(); import chess': async ({ load, context }) => {
    await context.callTool({ id: '1', name: 'mail', arguments: {} })
    load('chess')
    return undefined
  },
  'print(x); import chess': ({ variables, load }) => {
    load('chess')
    return { stdout: `${variables.get('x')}\n` }
  },
  'need memory': ({ place }) => (place === 'first' ? { reason: 'memory' } : { stdout: 'enough\n' }),
  'die of memory': ({ place, variables }) => {
    if (place === 'second') return { stdout: `x is ${variables.get('x')}\n` }
    variables.clear()
    return { reason: 'memory', state: 'lost' }
  },
  'write out.txt and die of memory': ({ place, variables, files }) => {
    if (place === 'second') return { stdout: 'again\n' }
    files.set('out.txt', 'half')
    variables.clear()
    return { reason: 'memory', state: 'lost', files: [] }
  },
  'write a lot': ({ place }) => (place === 'first' ? { reason: 'output_limit' } : undefined),
  'never end': () => ({ reason: 'deadline' }),
  'end by os._exit': ({ variables }) => {
    variables.clear()
    return { exitCode: 1, state: 'lost' }
  },
  'in a file': ({ files }) => ({ stdout: `${[...files].map(([path, text]) => `${path}=${text}`).join(' ')}\n` }),
}

interface Scene {
  readonly options?: FallbackOptions
  readonly more?: Readonly<Record<string, ToyProgram>>
  readonly files?: readonly { readonly path: string; readonly content: string }[]
}

interface Stage {
  readonly session: Session
  readonly first: ToyExecutor
  readonly second: ToyExecutor
  readonly mails: readonly unknown[]
  run(code: string): ReturnType<typeof execute>
}

async function stage({ options, more, files }: Scene = {}): Promise<Stage> {
  const first = toyExecutor('first', { ...programs, ...more })
  const second = toyExecutor('second', { ...programs, ...more }, { imports: ['chess'] })
  const session = await withFallback(first, second, options).createSession({ files })
  const mails: unknown[] = []
  const callTool: ExecutionContext['callTool'] = async (call) => {
    if (call.name === 'slow') return new Promise(() => undefined)
    mails.push(call.arguments)
    if (JSON.stringify(call.arguments).includes('nobody')) throw new Error('no such address')
    return `sent ${mails.length}`
  }
  return { session, first, second, mails, run: (code) => execute(session, { code, callTool }) }
}

/** Runs the programs, then the one that moves the session, then one more. */
async function moveAfter(before: readonly string[], after: string, scene: Scene & { readonly by?: string } = {}) {
  const staged = await stage(scene)
  for (const code of before) await staged.run(code)
  const { result, events } = await staged.run(scene.by ?? 'import chess')
  const next = await staged.run(after)
  return { ...staged, result, events, next: next.result }
}

describe('what moves a session', () => {
  test('an import that the second lists', async () => {
    const { result, next } = await moveAfter(['x = 1'], 'print(x)')
    expect([result.stdout, result.state, result.moved]).toEqual(['chess in second\n', 'kept', MOVED])
    expect([next.stdout, next.moved, next.generation]).toEqual(['1\n', undefined, 1])
  })

  test('by the top level of the module alone', async () => {
    const { result } = await moveAfter([], 'x = 1', { by: 'import chess.pgn' })
    expect([result.reason, result.moved]).toEqual(['completed', MOVED])
  })

  test('not an import that nobody lists', async () => {
    const { result, second } = await moveAfter([], 'x = 1', { by: 'import pandsa' })
    expect([result.error?.missingModule, result.moved, second.sessions.opened]).toEqual(['pandsa', undefined, 0])
  })

  test.each<[string, MoveCause]>([
    ['need memory', 'memory'],
    ['write a lot', 'limit'],
  ])('%s: the cause is %s', async (by, cause) => {
    const { result } = await moveAfter([], 'x = 1', { by })
    expect([result.reason, result.moved]).toEqual(['completed', { ...MOVED, cause }])
  })

  test.each(['never end', 'y = 5; 1 / 0', 'end by os._exit'])('not: %s', async (by) => {
    const { result, second } = await moveAfter([], 'x = 1', { by })
    expect([result.moved, second.sessions.opened]).toEqual([undefined, 0])
  })

  test.each(['import chess', 'need memory', 'write a lot'])('not %s, where `on` does not say so', async (by) => {
    const { result, second } = await moveAfter([], 'x = 1', { by, options: { on: [] } })
    expect([result.outcome, result.moved, second.sessions.opened]).toEqual(['OUTCOME_FAILED', undefined, 0])
  })

  test('never back, and once', async () => {
    const { session, first, run } = await moveAfter([], 'x = 1')
    const { result } = await run('import pandsa')
    expect(result.moved).toBeUndefined()
    expect(first.requests.map(({ code }) => code)).toEqual(['import chess'])
    expect(session.capabilities?.runtime).toBe('Toy of second')
  })
})

describe('a rebuild', () => {
  test('goes in the order in which all was done, in an empty folder', async () => {
    const order: string[] = []
    const note =
      (name: string): ToyProgram =>
      (world) => {
        if (world.place === 'second') order.push(`${name}: ${[...world.files.keys()].join(' ')}`)
        return undefined
      }
    const { session, run } = await stage({ more: { one: note('one'), two: note('two') }, files: [{ path: 'a', content: 'a' }] })
    await run('one')
    await session.files.put({ path: 'b', content: 'b' })
    await session.files.remove('a')
    await run('two')
    const { result } = await run('import chess')
    expect([result.moved, order]).toEqual([MOVED, ['one: a', 'two: b']])
  })

  test('puts the files of a request, with their other names', async () => {
    const { session, run } = await stage()
    await execute(session, { code: 'x = 1', files: [{ path: 'a', content: 'a', aliases: ['input_file_0'] }] })
    const { result } = await run('import chess')
    expect(result.moved).toEqual(MOVED)
    expect((await run('in a file')).result.stdout).toBe('a=a input_file_0=a\n')
  })

  test('runs a failed program too, for the state that it left', async () => {
    const { result, next } = await moveAfter(['y = 5; 1 / 0'], 'print(y)')
    expect([result.moved, next.stdout]).toEqual([MOVED, '5\n'])
  })

  test('lets a program read the input that it consumed, and what is gone stays gone', async () => {
    const { result, next, session } = await moveAfter(['read and remove in.csv'], 'print(x)', {
      files: [{ path: 'in.csv', content: '1,2' }],
    })
    expect([result.moved, next.stdout, await session.files.list()]).toEqual([MOVED, '1,2\n', []])
  })

  test('appends no line twice', async () => {
    const { result, next } = await moveAfter(['append to log.txt', 'append to log.txt'], 'in a file')
    expect([result.moved, next.stdout]).toEqual([MOVED, 'log.txt=line\nline\n\n'])
  })

  test('answers tools from the log: mails sent, one', async () => {
    const { result, next, mails } = await moveAfter(['x = tools.mail()'], 'print(x)')
    expect([result.moved, next.stdout, mails]).toEqual([MOVED, 'sent 1\n', [{ to: 'anna' }]])
  })

  test('answers with the failure of a tool too', async () => {
    const { result, next, mails } = await moveAfter(['try tools.mail()'], 'print(x)')
    expect([result.moved, next.stdout, mails.length]).toEqual([MOVED, 'no such address\n', 1])
  })

  test('takes the address of a value for no difference', async () => {
    expect((await moveAfter(['x = object()'], 'print(x)')).result.moved).toEqual(MOVED)
  })

  test('has keys of its own, and tells nothing', async () => {
    const { second, events } = await moveAfter(['x = 1', 'x += 1; print(x)'], 'print(x)')
    const keys = second.requests.map(({ idempotencyKey }) => idempotencyKey)
    expect(new Set(keys).size).toBe(4)
    expect(keys.slice(0, 2)).toEqual([expect.stringMatching(/^move\/.*\/1$/), expect.stringMatching(/^move\/.*\/2$/)])
    expect(events.filter(({ type }) => type === 'stdout')).toEqual([{ type: 'stdout', text: 'chess in second\n' }])
    expect(events).toContainEqual({ type: 'status', status: 'preparing', detail: 'first → second: missing_package' })
  })

  test('leaves out what could not be read, and nothing else of it', async () => {
    const syntax: ToyProgram = () => ({ reason: 'syntax_error', error: { name: 'SyntaxError', value: '', traceback: '' } })
    const { result, second } = await moveAfter(['('], 'x = 1', { more: { '(': syntax } })
    expect([result.moved, second.requests.map(({ code }) => code)]).toEqual([MOVED, ['import chess', 'x = 1']])
  })

  test('makes the folder equal to that of the first, whatever the programs made of it', async () => {
    const place: ToyProgram = ({ files, place: name }) => void files.set(`${name}.txt`, name).set('same.txt', name)
    const { result, session } = await moveAfter(['place'], 'in a file', { more: { place } })
    expect(result.moved).toEqual(MOVED)
    expect((await session.files.list()).map(({ path }) => path)).toEqual(['same.txt', 'first.txt'])
    expect(new TextDecoder().decode(await session.files.read('same.txt'))).toBe('first')
  })
})

describe('the files alone, and the variables lost', () => {
  async function lost(before: readonly string[], scene: Scene & { readonly by?: string } = {}) {
    const played = await moveAfter([...before, 'append to log.txt'], 'in a file', scene)
    expect([played.result.moved, played.result.state, played.result.generation]).toEqual([LOST, 'lost', 2])
    expect([played.session.generation, played.next.generation, played.next.state]).toEqual([2, 2, 'kept'])
    expect(played.next.stdout).toContain('log.txt=line\n')
    return { ...played, why: played.result.warnings }
  }

  test('where a program ends in another way', async () => {
    const { why, second } = await lost(['x = random()'])
    expect(why).toEqual(['the variables are lost: program 1 ended in another way than before'])
    expect(second.sessions).toEqual({ opened: 2, closed: 1 }) // what had run in the first of them is not left behind
  })

  test('where it calls a tool that it had not called; the tool does not hear of it', async () => {
    const { why, mails } = await lost(['tools.mail() in the second alone'])
    expect(why).toEqual(['the variables are lost: program 1 called a tool that it had not called before'])
    expect(mails).toEqual([])
  })

  test('where it does not call one that it had called', async () => {
    const { why, mails } = await lost(['tools.mail() in the first alone'])
    expect([why, mails.length]).toEqual([['the variables are lost: program 1 did not call a tool that it had called before'], 1])
  })

  test('where a call was open when its program ended', async () => {
    const { why } = await lost(['start tools.mail()'])
    expect(why).toEqual(['the variables are lost: a call of a tool was still open when its program ended'])
  })

  test('where a program was stopped', async () => {
    expect((await lost(['never end'])).why).toEqual(['the variables are lost: a program before was stopped'])
  })

  test('where a file was put while a program ran', async () => {
    const gate = Promise.withResolvers<void>()
    const waits: ToyProgram = async () => gate.promise.then(() => undefined)
    const { session, run } = await stage({ more: { waits } })
    const running = run('waits')
    await session.files.put({ path: 'a', content: 'a' })
    gate.resolve()
    await running
    const { result } = await run('import chess')
    expect([result.moved, result.warnings]).toEqual([LOST, ['the variables are lost: a file was changed while a program ran']])
    expect((await run('in a file')).result.stdout).toBe('a=a\n')
  })

  test('where the second cannot run a program again', async () => {
    const breaks: ToyProgram = ({ place }) => {
      if (place === 'second') throw new ExecutorError('protocol', 'garbage')
      return undefined
    }
    const { why } = await lost(['breaks'], { more: { breaks } })
    expect(why).toEqual(['the variables are lost: a program could not be run again: garbage'])
  })

  test('where variables had been lost before', async () => {
    const { session, run } = await stage()
    for (const code of ['end by os._exit', 'append to log.txt']) await run(code)
    const { result } = await run('import chess')
    expect([result.moved, result.generation, session.generation]).toEqual([LOST, 3, 3])
    expect(result.warnings).toEqual(['the variables are lost: its variables had been lost before'])
  })

  describe('with a clock of the test', () => {
    afterEach(() => void vi.useRealTimers())

    test('where the rebuild takes more than 60 s', async () => {
      const slow: ToyProgram = ({ place, context }) =>
        place === 'first'
          ? undefined
          : new Promise((resolve) => context.signal.addEventListener('abort', () => resolve({ reason: 'aborted' }), { once: true }))
      const { run } = await stage({ more: { slow } })
      await run('slow')
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      let isSettled = false
      const moving = run('import chess').finally(() => {
        isSettled = true
      })
      // The program's own deadline comes before; it is 30 s, and the rebuild has its time all the same.
      await vi.advanceTimersByTimeAsync(29_000)
      expect(isSettled).toBe(false)
      await vi.advanceTimersByTimeAsync(32_000)
      const { result } = await moving
      expect([result.moved?.variables, result.stdout]).toEqual(['lost', 'chess in second\n'])
    })
  })
})

describe('the program that caused it', () => {
  test('runs again where it had called no tool and changed no file, and tells nothing twice', async () => {
    const { result, events } = await moveAfter([], 'x = 1', { by: 'print and show; import chess' })
    expect([result.stdout, result.moved]).toEqual(['one\ntwo in second\n', MOVED])
    const told = events.filter((event): event is Extract<ExecutorEvent, { readonly type: 'stdout' }> => event.type === 'stdout')
    expect(told.map(({ text }) => text)).toEqual(['one\n', 'two in second\n'])
    expect(events.filter(({ type }) => type === 'display')).toHaveLength(1)
  })

  test('sees the variables of those before', async () => {
    const { result } = await moveAfter(['x = 1'], 'x = 1', { by: 'print(x); import chess' })
    expect([result.stdout, result.moved]).toEqual(['1\n', MOVED])
  })

  test('does not run again where it had changed a file: its failure is the result, and the next one runs in the second', async () => {
    const { result, next, second } = await moveAfter(['x = 1'], 'in a file', { by: 'write out.txt; import chess' })
    expect([result.error?.name, result.state, result.generation, result.moved]).toEqual([
      'ModuleNotFoundError',
      'restored',
      1,
      { ...MOVED, ran: 'first' },
    ])
    expect([next.stdout, second.requests.map(({ code }) => code)]).toEqual(['out.txt=out\n', ['x = 1', 'in a file']])
  })

  test('does not run again where it had called a tool: mails sent, one', async () => {
    const { result, mails, next } = await moveAfter(['x = 1'], 'print(x)', { by: 'tools.mail(); import chess' })
    expect([result.error?.name, result.moved, mails.length, next.stdout]).toEqual([
      'ModuleNotFoundError',
      { ...MOVED, ran: 'first' },
      1,
      '1\n',
    ])
  })

  test('of an interpreter that died runs again where the folder is as it was', async () => {
    const { result } = await moveAfter(['x = 1', 'append to log.txt', 'x = 1'], 'print(x)', { by: 'die of memory' })
    expect([result.stdout, result.state, result.generation, result.moved]).toEqual(['x is 1\n', 'kept', 1, { ...MOVED, cause: 'memory' }])
  })

  test('of an interpreter that died does not run again where the folder is another, whatever the result says', async () => {
    const { result, next } = await moveAfter(['x = 1'], 'in a file', { by: 'write out.txt and die of memory' })
    expect([result.reason, result.state, result.moved]).toEqual(['memory', 'restored', { ...MOVED, cause: 'memory', ran: 'first' }])
    expect(next.stdout).toBe('out.txt=half\n')
  })

  test('has one result for its key, also when it is asked for again', async () => {
    const { session, second } = await stage()
    const idempotencyKey = 'run/call/1'
    const { result } = await execute(session, { code: 'import chess', idempotencyKey })
    const again = await execute(session, { code: 'import chess', idempotencyKey })
    expect([again.result, second.requests.length]).toEqual([result, 1])
  })

  test('and a key from before a move never runs in the second', async () => {
    const { session, run } = await stage()
    const first = await execute(session, { code: 'append to log.txt', idempotencyKey: 'run/call/1' })
    await run('import chess')
    const again = await execute(session, { code: 'append to log.txt', idempotencyKey: 'run/call/1' })
    expect(again.result).toEqual(first.result)
    expect((await run('in a file')).result.stdout).toBe('log.txt=line\n\n')
  })

  test('stays a failure where the session cannot be moved; the next may move it', async () => {
    const { second, run } = await stage()
    const open = vi.spyOn(second, 'createSession').mockRejectedValueOnce(new ExecutorError('overloaded', 'busy'))
    const { result } = await run('import chess')
    expect([result.error?.name, result.moved, result.warnings]).toEqual([
      'ModuleNotFoundError',
      undefined,
      ['the session could not be moved from first to second: busy'],
    ])
    open.mockRestore()
    // With the variables lost: what had failed in the first would not fail in the second.
    expect((await run('import chess')).result.moved).toEqual(LOST)
  })

  test.each(['read', 'list'] as const)('stays a failure where a file would be lost: no %s', async (member) => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { imports: ['chess'] })
    const breaks = async (): Promise<never> => {
      throw new ExecutorError('too_large', 'a large file')
    }
    const inner = await first.createSession()
    const kept: Session = {
      id: inner.id,
      generation: 1,
      execute: (request, context) => inner.execute(request, context),
      files: { ...inner.files, [member]: breaks },
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    }
    const session = await withFallback({ ...first, createSession: async () => kept }, second).createSession()
    await execute(session, { code: 'append to log.txt' })
    const { result } = await execute(session, { code: 'import chess' })
    expect([result.error?.name, result.moved]).toEqual(['ModuleNotFoundError', undefined])
    const why = member === 'read' ? 'a large file' : 'its files cannot be read'
    expect(result.warnings).toEqual([`the session could not be moved from first to second: ${why}`])
    expect(second.sessions.closed).toBe(second.sessions.opened)
  })

  test('that was aborted while the session moves keeps its failure, and the session stays', async () => {
    const { second, session, run } = await stage()
    const controller = new AbortController()
    const opening = Promise.withResolvers<void>()
    const open = second.createSession
    vi.spyOn(second, 'createSession').mockImplementationOnce(async (options) => {
      controller.abort()
      await opening.promise
      return open({ limits: options?.limits })
    })
    const { result } = await execute(session, { code: 'import chess', signal: controller.signal })
    expect([result.error?.name, result.moved]).toEqual(['ModuleNotFoundError', undefined])
    opening.resolve()
    await vi.waitFor(() => expect(second.sessions).toEqual({ opened: 1, closed: 1 }))
    expect((await run('x = 1')).result.outcome).toBe('OUTCOME_OK')
  })
})

describe('where the first cannot be reached', () => {
  test('a session begins in the second, and its first result says so', async () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs)
    first.down()
    const session = await withFallback(first, second).createSession({ files: [{ path: 'a', content: 'a' }] })
    const { result } = await execute(session, { code: 'in a file' })
    expect([result.stdout, result.state, result.generation]).toEqual(['a=a\n', 'kept', 1])
    expect(result.moved).toEqual({ ...MOVED, cause: 'unavailable' })
    expect((await execute(session, { code: 'x = 1' })).result.moved).toBeUndefined()
  })

  test('and nothing had run, a session moves whole', async () => {
    const { first, run } = await stage({ files: [{ path: 'a', content: 'a' }] })
    first.down()
    const { result } = await run('in a file')
    expect([result.stdout, result.moved, result.warnings]).toEqual(['a=a\n', { ...MOVED, cause: 'unavailable' }, undefined])
  })

  test('and programs had run, it has the files that were put, and says what is lost', async () => {
    const { first, session, run } = await stage({ files: [{ path: 'a', content: 'a' }] })
    await run('append to log.txt')
    first.down()
    const { result } = await run('in a file')
    expect([result.stdout, result.state, result.generation]).toEqual(['a=a\n', 'lost', 2])
    expect([result.moved, session.generation]).toEqual([{ ...LOST, cause: 'unavailable' }, 2])
    expect(result.warnings).toEqual([
      'the variables are lost: the files that programs made cannot be read any more',
      'the files that programs made are lost',
    ])
  })

  test('a program of which it is not known whether it began stays where it is', async () => {
    const gone = new ExecutorError('unavailable', 'gone', { retryable: true, started: 'unknown' })
    const first = scriptedExecutor([
      () => Promise.reject(gone),
      () => Promise.reject(new ExecutorError('unavailable', 'still', { started: 'no' })),
    ])
    const second = toyExecutor('second', programs)
    const session = await withFallback(first, second, { allowWeakerIsolation: true }).createSession()
    const request = { code: 'x = 1', idempotencyKey: 'run/call/1' }
    await expect(execute(session, request)).rejects.toBe(gone)
    await expect(execute(session, request)).rejects.toMatchObject({ message: 'still' })
    expect(second.requests).toEqual([])
  })

  test('it is an error where `on` does not say so', async () => {
    const first = toyExecutor('first', programs)
    first.down()
    const executor = withFallback(first, toyExecutor('second', programs), { on: ['missing_package'] })
    await expect(executor.createSession()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('nor prepared, runs begin in the second, whose capabilities are told', async () => {
    const gone = new ExecutorError('unavailable', 'no server', { started: 'no' })
    const prepare = vi.fn<() => Promise<void>>().mockResolvedValueOnce().mockRejectedValue(gone)
    const first = toyExecutor('first', programs, { prepare })
    const second = toyExecutor('second', programs)
    const executor = withFallback(first, second)
    await executor.prepare?.()
    expect(executor.capabilities.runtime).toBe('Toy of first')
    await executor.prepare?.()
    expect(executor.capabilities.runtime).toBe('Toy of second')
    const { result } = await execute(await executor.createSession(), { code: 'x = 1' })
    expect([result.moved, first.sessions.opened]).toEqual([undefined, 0])
  })

  test('and was never prepared, nobody knows what it promises, so nothing begins in the second', async () => {
    const gone = new ExecutorError('unavailable', 'no server', { started: 'no' })
    const first = toyExecutor('first', programs, { prepare: () => Promise.reject(gone) })
    await expect(withFallback(first, toyExecutor('second', programs)).prepare?.()).rejects.toBe(gone)
    const allowed = withFallback(first, toyExecutor('second', programs), { allowWeakerIsolation: true })
    await allowed.prepare?.()
    expect(allowed.capabilities.runtime).toBe('Toy of second')
  })
})

describe('a weaker second', () => {
  const weak = { isolation: 'none', network: 'open' } as const

  test('is refused at once where nothing has to be prepared', () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { capabilities: weak })
    expect(() => withFallback(first, second)).toThrow(
      'second would be a weaker place than first: its isolation is none, that of the first sandbox; its network is open, that of the first none. Choose another, or allow it with allowWeakerIsolation: true.',
    )
  })

  test('is refused when prepared', async () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { capabilities: weak, prepare: async () => undefined })
    await expect(withFallback(first, second).prepare?.()).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'allowWeakerIsolation',
    })
  })

  test('is compared again before a move', async () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { imports: ['chess'], prepare: async () => undefined })
    const executor = withFallback(first, second)
    await executor.prepare?.()
    Object.assign(second, { capabilities: { ...second.capabilities, network: 'open' } })
    const { result } = await execute(await executor.createSession(), { code: 'import chess' })
    expect([result.error?.name, result.moved, second.sessions.opened]).toEqual(['ModuleNotFoundError', undefined, 0])
    expect(result.warnings).toEqual(['the session was not moved to second: its network is open, that of the first none'])
  })

  test('is taken where that is allowed, and the executor says so of itself', async () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { capabilities: weak, imports: ['chess'] })
    const executor = withFallback(first, second, { allowWeakerIsolation: true })
    expect(executor.capabilities).toMatchObject(weak)
    const session = await executor.createSession()
    expect(session.capabilities).toMatchObject({ isolation: 'sandbox', network: 'none' })
    const { result } = await execute(session, { code: 'import chess' })
    expect([result.moved, session.capabilities?.isolation]).toEqual([MOVED, 'none'])
  })
})

describe('the executor', () => {
  test('prepares both', async () => {
    const prepare = vi.fn(async () => undefined)
    await withFallback(toyExecutor('first', programs, { prepare }), toyExecutor('second', programs, { prepare })).prepare?.()
    expect(prepare).toHaveBeenCalledTimes(2)
  })

  test('goes on without a second that cannot be reached now, but not without one that is wrong', async () => {
    const second = (code: 'unavailable' | 'unsupported') =>
      toyExecutor('second', programs, { prepare: () => Promise.reject(new ExecutorError(code, code)) })
    await withFallback(toyExecutor('first', programs), second('unavailable')).prepare?.()
    await expect(withFallback(toyExecutor('first', programs), second('unsupported')).prepare?.()).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  test('disposes both, and their sessions', async () => {
    const first = toyExecutor('first', programs)
    const second = toyExecutor('second', programs, { imports: ['chess'] })
    const executor = withFallback(first, second)
    await execute(await executor.createSession(), { code: 'import chess' })
    await executor.createSession()
    await executor[Symbol.asyncDispose]()
    expect([first.sessions, second.sessions]).toEqual([
      { opened: 2, closed: 2 },
      { opened: 1, closed: 1 },
    ])
    await expect(executor.createSession()).rejects.toMatchObject({ code: 'closed' })
  })

  test('a session that moved is disposed in both', async () => {
    const { session, first, second } = await moveAfter([], 'x = 1')
    await session[Symbol.asyncDispose]()
    expect([first.sessions, second.sessions]).toEqual([
      { opened: 1, closed: 1 },
      { opened: 1, closed: 1 },
    ])
  })

  test('refuses a cause that there is not', () => {
    const wrong: MoveCause[] = JSON.parse('["deadline"]')
    expect(() => withFallback(toyExecutor('first', {}), toyExecutor('second', {}), { on: wrong })).toThrow(
      'on must hold missing_package, memory, limit, unavailable, got "deadline"',
    )
  })
})
