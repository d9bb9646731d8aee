import { describe, expect, test, vi } from 'vitest'
import { execute } from '../../test/defined.ts'
import { type ToyProgram, toyExecutor } from '../../test/toy-executor.ts'
import { ExecutorError } from '../errors.ts'
import type { Capabilities, Isolation } from '../executor.ts'
import { withFallback } from './with-fallback.ts'

type Place = Pick<Capabilities, 'isolation' | 'network'>

// The orders of design.md 12, written out again.
const ISOLATIONS: readonly Isolation[] = ['none', 'unknown', 'thread', 'process', 'sandbox', 'container', 'vm']
const NETWORKS: readonly Capabilities['network'][] = ['none', 'allowlist', 'open', 'unknown']
const strength = { none: 0, unknown: 0, thread: 1, process: 2, sandbox: 3, container: 4, vm: 5 }
const width = { none: 0, allowlist: 1, open: 2, unknown: 2 }

const places: readonly Place[] = ISOLATIONS.flatMap((isolation) => NETWORKS.map((network) => ({ isolation, network })))
const pairs = places.flatMap((first) => places.map((second) => ({ first, second })))
const isWeaker = ({ first, second }: { readonly first: Place; readonly second: Place }) =>
  strength[second.isolation] < strength[first.isolation] || width[second.network] > width[first.network]
const letsNothingOut = ({ isolation, network }: Place) => network === 'none' && strength[isolation] > 0

// Hundreds of sessions each: a busy machine may take its time.
describe('every pair of isolations and networks', { timeout: 60_000 }, () => {
  const create = ({ first, second }: (typeof pairs)[number], allowWeakerIsolation: boolean, programs: Record<string, ToyProgram> = {}) => {
    const prepare = async () => undefined
    const one = toyExecutor('first', programs, { capabilities: first, prepare })
    const other = toyExecutor('second', programs, { capabilities: second, prepare, imports: ['chess'] })
    return { first: one, second: other, executor: withFallback(one, other, { allowWeakerIsolation }) }
  }

  test('is refused when prepared exactly where the second is weaker or has a wider network', async () => {
    const refused = await Promise.all(
      pairs.map(async (pair) => {
        const prepared = create(pair, false).executor.prepare?.()
        return prepared?.then(
          () => false,
          (error: { readonly option?: unknown }) => error.option === 'allowWeakerIsolation',
        )
      }),
    )
    expect(pairs.filter((_, index) => refused[index])).toEqual(pairs.filter(isWeaker))
    expect(pairs).toHaveLength(784)
  })

  test('is refused at once, where nothing has to be prepared', () => {
    const refused = pairs.filter(({ first, second }) => {
      try {
        withFallback(toyExecutor('first', {}, { capabilities: first }), toyExecutor('second', {}, { capabilities: second }))
        return false
      } catch {
        return true
      }
    })
    expect(refused).toEqual(pairs.filter(isWeaker))
  })

  test.each([false, true])('moves no program to where it may not go, unprepared; allowWeakerIsolation %s', async (allowed) => {
    const went = await Promise.all(
      pairs.map(async (pair) => {
        const { executor, second } = create(pair, allowed, { 'import chess': ({ load }) => void load('chess') })
        const { result } = await execute(await executor.createSession(), { code: 'import chess' })
        expect(result.moved !== undefined).toBe(second.sessions.opened > 0)
        return second.sessions.opened > 0
      }),
    )
    expect(pairs.filter((_, index) => went[index])).toEqual(pairs.filter((pair) => allowed || !isWeaker(pair)))
  })

  test.each([false, true])('begins no session where it may not, with the first down; allowWeakerIsolation %s', async (allowed) => {
    const began = await Promise.all(
      pairs.map(async (pair) => {
        const { executor, first, second } = create(pair, allowed)
        await executor.prepare?.().catch(() => undefined)
        first.down()
        await executor.createSession().catch(() => undefined)
        return second.sessions.opened > 0
      }),
    )
    expect(pairs.filter((_, index) => began[index])).toEqual(pairs.filter((pair) => allowed || !isWeaker(pair)))
  })

  // What gets out of a place has happened; where it gets out again, it has happened twice.
  test('lets no effect of a program happen twice', async () => {
    // An allowlist and `unknown` let something out as `open` does.
    const some = pairs.filter(({ first, second }) => [first, second].every(({ network }) => network === 'none' || network === 'open'))
    const played = await Promise.all(
      some.map(async (pair) => {
        const mails: string[] = []
        /** By a network, where the place has one; by a process or a socket of the machine, where nothing confines it. */
        const mail = (name: string, place: string) => {
          if (!letsNothingOut(place === 'first' ? pair.first : pair.second)) mails.push(name)
        }
        const { executor, second } = create(pair, true, {
          'mail()': ({ place }) => void mail('before', place),
          'mail(); import chess': ({ place, load }) => {
            mail('cause', place)
            load('chess')
          },
        })
        const session = await executor.createSession()
        await execute(session, { code: 'mail()' })
        const { result } = await execute(session, { code: 'mail(); import chess' })
        return { pair, mails, moved: result.moved, runs: second.requests.map(({ code }) => code) }
      }),
    )
    for (const { pair, mails, moved, runs } of played) {
      const open = { first: !letsNothingOut(pair.first), second: !letsNothingOut(pair.second) }
      expect({ pair, mails }).toEqual({
        pair,
        mails: [...(open.first ? ['before'] : []), ...(open.first || open.second ? ['cause'] : [])],
      })
      expect({ pair, variables: moved?.variables, ran: moved?.ran }).toEqual({
        pair,
        variables: open.second ? 'lost' : 'rebuilt',
        ran: open.first && open.second ? 'first' : 'second',
      })
      expect(runs).toEqual([...(open.second ? [] : ['mail()']), ...(open.first && open.second ? [] : ['mail(); import chess'])])
    }
  })
})

test('a weaker second is not begun in either after its refusal was overheard, with a first that cannot be prepared any more', async () => {
  const gone = new ExecutorError('unavailable', 'no server', { started: 'no' })
  const prepare = vi.fn<() => Promise<void>>().mockResolvedValueOnce().mockRejectedValue(gone)
  const second = toyExecutor('second', {}, { capabilities: { network: 'open' }, prepare: async () => undefined })
  const executor = withFallback(toyExecutor('first', {}, { prepare }), second)
  const refused = { option: 'allowWeakerIsolation' }
  await expect(executor.prepare?.()).rejects.toMatchObject(refused)
  await expect(executor.prepare?.()).rejects.toMatchObject(refused)
  await expect(executor.createSession()).rejects.toMatchObject(refused)
  expect(second.sessions.opened).toBe(0)
})

test('a second that lets something out rebuilds a session in which nothing ran, and says otherwise why it does not', async () => {
  const programs: Record<string, ToyProgram> = { pass: () => undefined, 'import chess': ({ load }) => void load('chess') }
  const open = { isolation: 'none', network: 'open' } as const
  const executor = withFallback(
    toyExecutor('first', programs, { capabilities: { network: 'none' } }),
    toyExecutor('second', programs, { capabilities: open, imports: ['chess'] }),
    { allowWeakerIsolation: true },
  )
  const fresh = await execute(await executor.createSession(), { code: 'import chess' })
  expect([fresh.result.moved?.variables, fresh.result.warnings]).toEqual(['rebuilt', undefined])
  const session = await executor.createSession()
  await execute(session, { code: 'pass' })
  const { result } = await execute(session, { code: 'import chess' })
  expect([result.moved?.variables, result.warnings]).toEqual([
    'lost',
    [
      'the variables are lost: what the programs before did outside of their folder could happen again in second (isolation none, network open)',
    ],
  ])
})
