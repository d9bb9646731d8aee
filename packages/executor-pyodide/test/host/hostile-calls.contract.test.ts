import { spawnSync } from 'node:child_process'
import fs, { statSync } from 'node:fs'
import net from 'node:net'
import { expect, test } from 'vitest'
import { hostileCalls } from './hostile-calls.ts'
import { watchHost } from './watch-host.ts'

/** Calls in all. More, and others, by the environment. */
const CALLS = Number(process.env['HOSTILE_CALLS'] ?? 2_000_000)
const SEED = Number(process.env['HOSTILE_SEED'] ?? 1)

/** Not one call of these can succeed: they end the run, or are refused whatever they are given. */
const NEVER = ['_abort_js', '__assert_fail', '__call_sighandler', '__syscall_mknodat', '__syscall_socket', 'exit', 'proc_exit']
const NO_SOCKETS = [
  'accept4',
  'bind',
  'connect',
  'getpeername',
  'getsockname',
  'getsockopt',
  'listen',
  'recvfrom',
  'recvmsg',
  'sendmsg',
  'sendto',
]

test(`${CALLS} hostile calls to the imports touch nothing of the host, and every one is answered`, { timeout: 600_000 }, () => {
  const watch = watchHost()
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0 // stacks of errors that are answered cost more than all else
  const result = hostileCalls(SEED, CALLS)
  Error.stackTraceLimit = limit
  const touched = watch.touched()
  watch.stop()
  expect({ ...result, touched, neverSucceeded: [...result.neverSucceeded].sort() }).toEqual({
    calls: CALLS,
    unguarded: [],
    disorder: [],
    touched: [],
    neverSucceeded: [...NEVER, ...NO_SOCKETS.map((name) => `__syscall_${name}`)].sort(),
  })
})

/** A host that is left open on purpose, in one import: what it does there has to be seen. */
const LEAKS: readonly (readonly [string, () => unknown, string])[] = [
  ['looks at a file', () => fs.existsSync('/'), 'fs.existsSync'],
  ['looks at a file by a name that was imported', () => statSync('/'), 'fs.statSync'],
  ['starts a process', () => spawnSync('true'), 'child_process.spawnSync'],
  ['makes a socket', () => new net.Socket(), 'new net.Socket'],
  ['asks for the working folder', () => process.cwd(), 'process.cwd'],
  ['writes to the standard output', () => process.stdout.write(''), 'process.stdout.write'],
  ['sets a variable of the environment', () => Reflect.set(process.env, 'LEAK', 'x'), 'process.env.LEAK changed'],
  ['evaluates code', () => Reflect.get(globalThis, 'eval')('1'), 'globalThis.eval'],
  ['sets a timer', () => clearTimeout(setTimeout(() => {}, 0)), 'globalThis.setTimeout'],
  ['asks for the date', () => Date.now(), 'Date.now'],
  ['asks for the time', () => performance.now(), 'performance.now'],
  ['draws a random number', () => crypto.getRandomValues(new Uint8Array(1)), 'crypto.getRandomValues'],
  ['sets a global', () => Reflect.set(globalThis, 'leaked', 1), 'globalThis.leaked changed'],
  ['adds to a prototype', () => Reflect.set(Object.prototype, 'leaked', 1), 'Object.prototype.leaked changed'],
  ['changes an array’s method', () => Reflect.set(Array.prototype, 'leaked', 1), 'Array.prototype.leaked changed'],
]

test.each(LEAKS)('a host that %s is found out', (_, leak, trace) => {
  const watch = watchHost()
  let touched: string[]
  try {
    hostileCalls(SEED, 2_000, {
      __syscall_getuid32_js: () => {
        leak()
        return 0
      },
    })
    touched = watch.touched()
  } finally {
    watch.stop()
  }
  expect(touched).toContain(trace)
  const again = watchHost()
  hostileCalls(SEED, 2_000)
  const touchedAgain = again.touched()
  again.stop()
  expect(touchedAgain).toEqual([])
})

test('an import that throws what it may not, or gives what its type does not say, is found out', () => {
  const broken = [
    () => {
      throw new RangeError('unguarded')
    },
    () => Number.NaN,
    () => undefined,
    () => 1n,
    () => 2 ** 40,
  ]
  for (const call of broken) {
    expect(hostileCalls(SEED, 2_000, { fd_sync: call }).unguarded[0]).toMatch(
      /^seed 1, round 0: fd_sync\(-?\d+\) (threw RangeError: unguarded|gave .+)$/,
    )
  }
})
