import { createRequire, syncBuiltinESMExports } from 'node:module'

/** What a program must never reach, while it is watched. */
export interface HostWatch {
  /** What was called or changed since the watch began, each once. */
  touched(): string[]
  /** Puts everything back. */
  stop(): void
}

/**
 * Lays a spy on each function through which the world outside can be seen or changed: Node's modules, `process`, the globals, time and
 * chance; and notes what is added to or changed on the globals and the built-in prototypes.
 */
export function watchHost(): HostWatch {
  const called = new Set<string>()
  const restorers: (() => void)[] = []
  const before = new Map(WATCHED_OBJECTS.map(([name, object]) => [name, membersOf(object)]))
  for (const [name, object] of spiedObjects()) restorers.push(...spyOn(name, object, called))
  syncBuiltinESMExports()
  const spied = new Map(WATCHED_OBJECTS.map(([name, object]) => [name, membersOf(object)]))
  return {
    touched: () => [...called, ...WATCHED_OBJECTS.flatMap(([name, object]) => changesOf(name, object, spied.get(name) ?? new Map()))],
    stop: () => {
      for (const restore of restorers) restore()
      syncBuiltinESMExports()
      for (const [name, object] of WATCHED_OBJECTS) undo(object, before.get(name) ?? new Map())
    },
  }
}

type Members = Map<PropertyKey, unknown>

function spiedObjects(): [string, object][] {
  const require = createRequire(import.meta.url)
  return [
    ...MODULES.map((name): [string, object] => [name, require(`node:${name}`)]),
    ['process', process],
    ['process.stdout', process.stdout],
    ['process.stderr', process.stderr],
    ['console', console],
    ['Date', Date],
    ['Math.random', { random: Math.random }],
    ['performance', performance],
    ['crypto', crypto],
    ['globalThis', globalThis],
  ]
}

/** A spy counts and calls on; what cannot be replaced is left. */
function spyOn(name: string, object: object, called: Set<string>): (() => void)[] {
  const restorers: (() => void)[] = []
  for (const key of object === globalThis ? GLOBAL_FUNCTIONS : functionNames(object)) {
    const own = Object.getOwnPropertyDescriptor(object, key)
    const original: unknown = own === undefined ? Reflect.get(object, key) : own.value
    if (typeof original !== 'function' || KEPT.has(`${name}.${key}`)) continue
    const spy = new Proxy(original, {
      apply: (target, self, values) => {
        called.add(`${name}.${key}`)
        return Reflect.apply(target, self, values)
      },
      construct: (target, values, newTarget) => {
        called.add(`new ${name}.${key}`)
        return Reflect.construct(target, values, newTarget)
      },
    })
    if (!Reflect.defineProperty(object, key, { configurable: true, writable: true, enumerable: true, ...own, value: spy })) continue
    restorers.push(() => (own === undefined ? Reflect.deleteProperty(object, key) : Reflect.defineProperty(object, key, own)))
  }
  return restorers
}

/** Of an object itself, and of the class that it is of where that is none of JavaScript's own. */
function functionNames(object: object): string[] {
  const names = Object.getOwnPropertyNames(object)
  const prototype: unknown = Object.getPrototypeOf(object)
  if (typeof object === 'function' || !INSTANCES.has(object) || prototype === null) return names
  for (let above = prototype as object; above !== Object.prototype; above = Object.getPrototypeOf(above)) {
    const members = Object.entries(Object.getOwnPropertyDescriptors(above))
    names.push(...members.filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function').map(([name]) => name))
  }
  return names
}

function membersOf(object: object): Members {
  return new Map(Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)?.value]))
}

function changesOf(name: string, object: object, before: Members): string[] {
  const now = membersOf(object)
  const changed = [...now].filter(([key, value]) => !before.has(key) || !Object.is(before.get(key), value)).map(([key]) => key)
  const removed = [...before.keys()].filter((key) => !now.has(key))
  return [...changed, ...removed].map((key) => `${name}.${String(key)} changed`)
}

/** Takes away what a leak of the test itself has added. */
function undo(object: object, before: Members): void {
  for (const key of Reflect.ownKeys(object)) if (!before.has(key)) Reflect.deleteProperty(object, key)
}

const MODULES = [
  'fs',
  'fs/promises',
  'child_process',
  'net',
  'tls',
  'http',
  'https',
  'http2',
  'dgram',
  'dns',
  'cluster',
  'worker_threads',
].concat(['vm', 'v8', 'module', 'os', 'inspector', 'repl', 'readline', 'crypto', 'zlib', 'sqlite', 'perf_hooks', 'timers', 'util'])

const GLOBAL_FUNCTIONS = [
  'fetch',
  'eval',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'structuredClone',
  'WebSocket',
  'Worker',
]

/** What the spies or the test runner need themselves. */
const KEPT: ReadonlySet<string> = new Set(['module.syncBuiltinESMExports', 'module.createRequire'])

/** Whose functions are those of their class. */
const INSTANCES: ReadonlySet<object> = new Set([process.stdout, process.stderr, performance, crypto])

const WATCHED_OBJECTS: readonly (readonly [string, object])[] = [
  ['globalThis', globalThis],
  ['process', process],
  ['process.env', process.env],
  ['Object', Object],
  ['Object.prototype', Object.prototype],
  ['Function.prototype', Function.prototype],
  ['Array.prototype', Array.prototype],
  ['String.prototype', String.prototype],
  ['Number.prototype', Number.prototype],
  ['BigInt.prototype', BigInt.prototype],
  ['Error', Error],
  ['Error.prototype', Error.prototype],
  ['Map.prototype', Map.prototype],
  ['Uint8Array.prototype', Uint8Array.prototype],
  ['DataView.prototype', DataView.prototype],
  ['Promise.prototype', Promise.prototype],
  ['Reflect', Reflect],
  ['JSON', JSON],
  ['WebAssembly', WebAssembly],
]
