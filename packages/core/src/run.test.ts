import { describe, expect, it } from 'vitest'
import { summaryOf } from '../test/told-run.ts'
import { ExecutorError, errorInfo, InterloopError, ModelError, OptionsError } from './errors.ts'
import type { LoopEvent, Told } from './events.ts'
import type { Ended } from './finish.ts'
import type { Content } from './model.ts'
import { LiveRun, RunError, type RunPorts } from './run.ts'
import type { Summary } from './summary.ts'

const CREATED: Told = { event_type: 'interaction.created', interaction: { id: 'run', model: 'm', status: 'in_progress' } }
const STATUS: Told = { event_type: 'interaction.status_update', status: 'in_progress' }
const CONTENTS: readonly Content[] = [{ role: 'user', parts: [{ text: 'Hi' }] }]

describe('a run', () => {
  it('stamps what is told', async () => {
    const { run } = runOf([CREATED, STATUS])
    expect(await eventsOf(run)).toEqual([
      { schema: 1, event_id: 'run-0', seq: 0, run_id: 'run', time: 'noon', elapsed_ms: 2, ...CREATED },
      { schema: 1, event_id: 'run-1', seq: 1, run_id: 'run', time: 'noon', elapsed_ms: 3, ...STATUS },
      {
        schema: 1,
        event_id: 'run-2',
        seq: 2,
        run_id: 'run',
        time: 'noon',
        elapsed_ms: 3,
        event_type: 'interaction.completed',
        interaction: await run.summary,
      },
    ])
    expect(await run.contents).toBe(CONTENTS)
  })

  it('starts in a microtask, so that listeners of the same tick miss nothing', async () => {
    const { run } = runOf([CREATED])
    const heard: string[] = []
    run
      .on('interaction.created', ({ event_type }) => heard.push(event_type))
      .on('interaction.completed', ({ event_type }) => heard.push(event_type))
    expect(heard).toEqual([])
    await run.summary
    expect(heard).toEqual(['interaction.created', 'interaction.completed'])
  })
})

describe('listeners', () => {
  it('hear of their type alone, in the order in which they were added', async () => {
    const { run } = runOf([CREATED, STATUS])
    const heard: string[] = []
    run.on('interaction.status_update', ({ status }) => heard.push(`a ${status}`))
    run.on('interaction.status_update', ({ seq }) => heard.push(`b ${seq}`))
    await run.summary
    expect(heard).toEqual(['a in_progress', 'b 1'])
  })

  it('that are for once hear once', async () => {
    const { run } = runOf([STATUS, STATUS, STATUS])
    let heard = 0
    run.once('interaction.status_update', () => heard++)
    await run.summary
    expect(heard).toBe(1)
  })

  it('that are taken off hear nothing more', async () => {
    const { run } = runOf([STATUS, STATUS, STATUS])
    const heard: string[] = []
    const on = (): void => void heard.push('on')
    const once = (): void => void heard.push('once')
    const twice = (): void => void heard.push('twice')
    run.on('interaction.status_update', on).once('interaction.status_update', once)
    run.on('interaction.status_update', twice).on('interaction.status_update', twice)
    run.off('interaction.status_update', once).off('interaction.status_update', twice)
    run.off('interaction.created', on) // of another type, where it never was
    run.once('interaction.status_update', () => run.off('interaction.status_update', on))
    await run.summary
    expect(heard).toEqual(['on'])
  })

  it('can be added and taken off while they are called', async () => {
    const { run } = runOf([STATUS, STATUS])
    const heard: string[] = []
    run.once('interaction.status_update', () => {
      run.on('interaction.status_update', ({ seq }) => heard.push(`late ${seq}`))
    })
    await run.summary
    expect(heard).toEqual(['late 1'])
  })

  it('that throw or reject change nothing for the run or for others, and are told of', async () => {
    const told: (readonly [unknown, number])[] = []
    const { run, warnings } = runOf([CREATED, STATUS], { onListenerError: (error, event) => told.push([error, event.seq]) })
    const thrown = new Error('thrown')
    const rejected = new Error('rejected')
    const heard: string[] = []
    run.on('interaction.created', () => {
      throw thrown
    })
    run.on('interaction.created', async () => {
      throw rejected
    })
    run.on('interaction.created', () => ({
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library
      then: (_: unknown, reject: (error: unknown) => void) => reject('thenable'),
    }))
    run.on('interaction.created', () => heard.push('other'))
    await run.summary
    expect(heard).toEqual(['other'])
    expect(told).toEqual([
      [thrown, 0],
      [rejected, 0],
      ['thenable', 0],
    ])
    expect(warnings).toEqual([
      'A listener of interaction.created threw: thrown',
      'A listener of interaction.created threw: rejected',
      'A listener of interaction.created threw: thenable',
    ])
  })

  it('that throw are no matter where who is told of it throws too', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const { run } = runOf([CREATED], {
      onListenerError: () => {
        throw new Error('again')
      },
    })
    run.on('interaction.created', () => Promise.reject(new Error('no')))
    expect((await run.summary).status).toBe('completed')
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})

describe('readers', () => {
  it('see the whole run, each for itself, also late and after the end', async () => {
    const { run } = runOf([CREATED, STATUS])
    const early = eventsOf(run)
    const first = await early
    const late = await eventsOf(run)
    expect(late).toEqual(first)
    expect(await eventsOf(run.events())).toEqual(first)
    expect(await eventsOf(run.events({ after: 0 }))).toEqual(first.slice(1))
    expect(await eventsOf(run.events({ after: 2 }))).toEqual([])
  })

  it('do not stop the run when they leave', async () => {
    const { run, aborts } = runOf([CREATED, STATUS])
    for await (const event of run) if (event.seq === 0) break
    expect((await run.summary).status).toBe('completed')
    expect(aborts).toEqual([])
  })

  it('end where something of ours broke', async () => {
    const { run } = runOf([CREATED], { fails: new Error('bug') })
    const summary = expect(run.summary).rejects.toThrow('bug')
    const contents = expect(run.contents).rejects.toThrow('bug')
    expect((await eventsOf(run)).map(({ seq }) => seq)).toEqual([0])
    await summary
    await contents
  })
})

describe('text', () => {
  it('is the answer', async () => {
    const { run } = runOf([], { summary: { output_text: 'It is 4.' } })
    expect(await run.text).toBe('It is 4.')
    expect(await run.text).toBe('It is 4.')
  })

  it.each<[string, Partial<Summary>, string]>([
    ['incomplete', { finish: { reason: 'stuck' } }, 'The run did not complete (incomplete). It ended with stuck.'],
    [
      'budget_exceeded',
      { finish: { reason: 'budget', detail: 'tokens' } },
      'The run did not complete (budget_exceeded). It ended with budget (tokens).',
    ],
    ['cancelled', { finish: { reason: 'aborted' } }, 'The run did not complete (cancelled). It ended with aborted.'],
    [
      'requires_action',
      { finish: { reason: 'awaiting_function' } },
      'The run did not complete (requires_action). It ended with awaiting_function.',
    ],
  ])('rejects where the run is %s', async (status, more, message) => {
    const { run } = runOf([], { summary: { ...more, status: status as Summary['status'], output_text: 'So far.' } })
    const error = await run.text.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(RunError)
    expect(error).toMatchObject({ name: 'RunError', code: 'run_not_completed', message, summary: await run.summary })
    expect((error as RunError).cause).toBeUndefined()
    expect([RunError.is(error), InterloopError.is(error), OptionsError.is(error), RunError.is(new Error('no'))]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each([
    new ModelError('key_missing', 'There is no key.', { hint: 'Set GEMINI_API_KEY.' }),
    new ExecutorError('unavailable', 'Nobody answers.'),
  ])('has the error itself for its cause: $name', async (cause) => {
    const error = errorInfo(cause, 'model')
    const { run } = runOf([], { summary: { status: 'failed', finish: { reason: 'model_error' }, error } })
    const hint = 'hint' in cause ? ` ${cause.hint}` : ''
    await expect(run.text).rejects.toMatchObject({ cause, message: `The run did not complete (failed). ${cause.message}${hint}` })
  })

  it('that nobody asks for rejects nowhere, nor does one that is asked for and left', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    const failed: Partial<Summary> = { status: 'failed', finish: { reason: 'host_error' } }
    await runOf([], { summary: failed }).run.summary
    const { run } = runOf([], { summary: failed })
    const left = run.text
    await run.summary
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
    await expect(left).rejects.toBeInstanceOf(RunError)
  })
})

describe('what is handed on', () => {
  it('is aborts, decisions, what is steered, and outputs', async () => {
    const { run, calls } = runOf([CREATED])
    run.abort('enough')
    run.resolve('approval-1', 'allow')
    run.steer('Be short.')
    expect(await run.output('output_1')).toEqual(Uint8Array.of(1))
    expect(calls).toEqual([
      ['abort', 'enough'],
      ['resolve', 'approval-1', 'allow'],
      ['steer', 'Be short.'],
      ['output', 'output_1'],
    ])
    await run.summary
  })

  it('rejects for an output that there is not', async () => {
    const { run } = runOf([], { output: new OptionsError('id', 'There is no such output.') })
    await expect(run.output('x')).rejects.toThrow('There is no such output.')
    await run.summary
  })

  it.each(['', 5, undefined, 4n])('is not %s, which nobody can be steered by', async (text) => {
    const { run, calls } = runOf([CREATED])
    expect(() => run.steer(text as string)).toThrow(OptionsError)
    expect(calls).toEqual([])
    await run.summary
  })

  it('is nothing that is steered after the end', async () => {
    const { run, calls } = runOf([CREATED])
    await run.summary
    expect(() => run.steer('Be short.')).toThrow('The run run has ended; nothing can be steered any more')
    expect(calls).toEqual([])
  })
})

describe('disposal', () => {
  it('aborts what has not ended, and waits for the end', async () => {
    const { run, aborts } = runOf([CREATED, STATUS])
    await run[Symbol.asyncDispose]()
    expect(aborts).toEqual([expect.objectContaining({ name: 'AbortError' })])
    expect((await eventsOf(run)).at(-1)?.event_type).toBe('interaction.completed')
  })

  it('leaves a run alone that has ended', async () => {
    const { run, aborts } = runOf([CREATED])
    await run.summary
    await run[Symbol.asyncDispose]()
    expect(aborts).toEqual([])
  })
})

interface Scripted {
  readonly summary?: Partial<Summary>
  readonly onListenerError?: RunPorts['onListenerError']
  /** What breaks after the events. */
  readonly fails?: Error
  readonly output?: Error
}

/** A run whose loop is a list of events. */
function runOf(told: readonly Told[], { summary, onListenerError, fails, output }: Scripted = {}) {
  const calls: unknown[][] = []
  const aborts: unknown[] = []
  const warnings: string[] = []
  let now = 0
  const whole = summaryOf({ id: 'run', ...summary })
  async function* tell(): AsyncGenerator<Told, Ended, void> {
    for (const one of told) {
      now += 1.6
      yield one
    }
    if (fails) throw fails
    yield { event_type: 'interaction.completed', interaction: whole }
    return { summary: whole, contents: CONTENTS }
  }
  const run = new LiveRun('run', {
    clock: { now: () => now, time: () => 'noon' },
    told: tell,
    abort: (reason) => {
      aborts.push(reason)
      calls.push(['abort', reason])
    },
    resolve: (...said) => calls.push(['resolve', ...said]),
    steer: (text) => calls.push(['steer', text]),
    output: (id) => {
      calls.push(['output', id])
      if (output) throw output
      return Uint8Array.of(1)
    },
    warn: (warning) => warnings.push(warning),
    onListenerError,
  })
  return { run, calls, aborts, warnings }
}

async function eventsOf(run: AsyncIterable<LoopEvent>): Promise<readonly LoopEvent[]> {
  const events: LoopEvent[] = []
  for await (const event of run) events.push(event)
  return events
}
