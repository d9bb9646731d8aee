import { GuestAbort, GuestExit } from '../../src/host/faults.ts'
import { IMPORTED } from '../../src/host/import-lock.ts'
import type { ImportFunction, Imports } from '../../src/host/imports/import-context.ts'
import { STAND_IN_END, type StandIn, standIn } from './stand-in.ts'

/** What came of many calls. */
export interface HostileCalls {
  readonly calls: number
  /** Calls that threw what no import may throw, or gave what its type does not say; the first few, with their arguments. */
  readonly unguarded: readonly string[]
  /** Imports of which not one call succeeded. */
  readonly neverSucceeded: readonly string[]
  /** Rounds after which the files were in disorder. */
  readonly disorder: readonly string[]
}

/**
 * Calls implemented imports at random with what a hostile program could hand them: any number that the type of a parameter allows, memory
 * full of paths, lists and noise. Each round begins with an interpreter's empty memory and files. `overriding` replaces imports.
 */
export function hostileCalls(seed: number, calls: number, overriding: Imports = {}): HostileCalls {
  const unguarded: string[] = []
  const disorder: string[] = []
  const succeeded = new Set<string>()
  let names: readonly string[] = []
  for (let done = 0, round = 0; done < calls; done += CALLS_OF_A_ROUND, round += 1) {
    const chance = randomNumbers(seed * 1_000_003 + round)
    const guest = hostileGuest(chance)
    const imports: Imports = { ...guest.imports, ...overriding }
    names = Object.keys(imports)
    for (let count = done; count < Math.min(calls, done + CALLS_OF_A_ROUND); count += 1) {
      if (count % 32 === 0) scribble(guest, chance)
      const name = names[chance(names.length)] ?? ''
      const complaint = callOnce(name, imports[name], valuesFor(IMPORTED.get(name) ?? '', chance), succeeded)
      if (complaint !== undefined && unguarded.length < 10) unguarded.push(`seed ${seed}, round ${round}: ${complaint}`)
    }
    const found = disorderOf(guest)
    if (found !== undefined) disorder.push(`seed ${seed}, round ${round}: ${found}`)
  }
  return { calls, unguarded, disorder, neverSucceeded: names.filter((name) => !succeeded.has(name)) }
}

/** What is wrong with one call, if anything is. */
function callOnce(name: string, call: ImportFunction | undefined, values: readonly Value[], succeeded: Set<string>): string | undefined {
  const shown = (): string => `${name}(${values.join(', ')})`
  let result: unknown
  try {
    result = call?.(...values)
  } catch (error) {
    if (error instanceof GuestExit && MAY_EXIT.has(name)) return undefined
    if (error instanceof GuestAbort && MAY_ABORT.has(name)) return undefined
    return `${shown()} threw ${String(error)}`
  }
  const type = IMPORTED.get(name)?.split(':')[1] ?? ''
  if (!isOfType(result, type)) return `${shown()} gave ${String(result)}`
  if (isSuccess(name, result)) succeeded.add(name)
  return undefined
}

function isOfType(result: unknown, type: string): boolean {
  if (type === '') return result === undefined || typeof result === 'number'
  if (type === 'i') return Number.isInteger(result) && Number(result) >= -(2 ** 31) && Number(result) < 2 ** 32
  if (type === 'j') return typeof result === 'bigint' && BigInt.asIntN(64, result) === result
  if (type === 'd') return typeof result === 'number' && Number.isFinite(result)
  return type === 'e' && result === null
}

function isSuccess(name: string, result: unknown): boolean {
  if (name.startsWith('__syscall_') || name.startsWith('_m')) return Number(result) >= 0
  return WASI.test(name) ? result === 0 : true
}

/** Files that may be changed, devices, a clock that runs only while something waits, a signal now and then. */
function hostileGuest(chance: Chance): StandIn {
  const guest = standIn({
    files: { maxBytes: 300_000, maxFiles: 60, maxDescriptors: 24 },
    host: { dueSignal: () => (chance(8) === 0 ? 2 : 0), maxMemoryBytes: 3 * STAND_IN_END },
  })
  guest.files.setDevice(0, { read: () => 0 })
  guest.files.setDevice(1, { write: () => {} })
  guest.files.setDevice(3, {
    read: (target) => Math.min(target.length, 3),
    write: () => {},
    waitReadable: () => chance(3) === 0,
  })
  const writer = guest.files.createFile()
  writer.write(new Uint8Array(5_000))
  for (const path of ['/home/a', '/home/b', '/tmp/c']) writer.place(path)
  for (const path of ['a', 'b', '/dev/zero']) guest.open(path, 2)
  guest.open('/home', 0)
  guest.files.mountFile('/home/mounted', { size: 100_000, read: (target) => target.fill(1) })
  return guest
}

/** Fills the places that pointers lead to: paths, lists of buffers, and numbers of any kind. */
function scribble({ memory }: StandIn, chance: Chance): void {
  for (let place = 0; place < PATH_PLACES; place += 1) {
    const path = pathText(chance)
    memory.slice(FIRST_PATH + place * PATH_BYTES, path.length).set(path)
  }
  for (let place = 0; place < NUMBER_PLACES; place += 1) memory.setInt32(FIRST_NUMBER + place * 4, int32(chance))
}

function pathText(chance: Chance): Uint8Array {
  if (chance(20) === 0) return Uint8Array.from({ length: PATH_BYTES }, () => chance(256)) // often without an end
  const parts = Array.from({ length: 1 + chance(3) }, () => NAMES[chance(NAMES.length)])
  const text = encoder.encode(`${chance(4) === 0 ? '/' : ''}${parts.join('/')}\0`)
  return text.subarray(0, PATH_BYTES)
}

function valuesFor(type: string, chance: Chance): Value[] {
  const [parameters = ''] = type.split(':')
  return Array.from(parameters, (parameter) => {
    if (parameter === 'j') return int64(chance)
    return parameter === 'd' ? (DOUBLES[chance(DOUBLES.length)] ?? 0) : int32(chance)
  })
}

function int32(chance: Chance): number {
  switch (chance(10)) {
    case 0:
    case 1:
      return chance(12)
    case 2:
    case 3:
      return FIRST_PATH + chance(PATH_PLACES) * PATH_BYTES
    case 4:
      return FIRST_NUMBER + chance(NUMBER_PLACES) * 4
    case 5:
      return FLAGS[chance(FLAGS.length)] ?? 0
    case 6:
      return EDGES[chance(EDGES.length)] ?? 0
    case 7:
      return [-100, -1, 1_000][chance(3)] ?? 0
    case 8:
      return STAND_IN_END - chance(200)
    default:
      return (chance(2 ** 16) * 2 ** 16 + chance(2 ** 16)) | 0
  }
}

function int64(chance: Chance): bigint {
  if (chance(3) > 0) return BigInt(chance(5_000))
  const edge = INT64_EDGES[chance(INT64_EDGES.length)] ?? 0n
  return BigInt.asIntN(64, edge + BigInt(chance(3)) - 1n)
}

/** What must hold whatever was called. */
function disorderOf({ files, context }: StandIn): string | undefined {
  const { quota } = context.fileSystem.guest.volume
  if (!(files.usedBytes >= 0 && files.usedBytes <= quota.maxBytes)) return `${files.usedBytes} bytes are used`
  if (!(files.usedFiles >= 0 && files.usedFiles <= quota.maxFiles)) return `${files.usedFiles} files are used`
  if (files.openDescriptors().length > 24 || !files.openDescriptors().includes(3)) return `open are ${files.openDescriptors().join(' ')}`
  if (context.exports.memory.buffer.byteLength > 3 * STAND_IN_END) return 'the memory is larger than it may be'
  const listed = files.listFiles('/').reduce((sum, { path, size }) => sum + (path === 'home/mounted' ? 0 : size), 0)
  files.takeChanges('/')
  return listed <= files.usedBytes ? undefined : `files of ${listed} bytes are listed, ${files.usedBytes} are used`
}

type Chance = (below: number) => number
type Value = number | bigint

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): Chance {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const CALLS_OF_A_ROUND = 20_000
const FIRST_PATH = 65_536
const PATH_PLACES = 16
const PATH_BYTES = 64
const FIRST_NUMBER = 131_072
const NUMBER_PLACES = 64
const NAMES = ['a', 'b', 'c', '.', '..', '', 'dev/null', 'tmp', 'home', 'mounted', '__proto__', 'constructor', 'é', 'n'.repeat(300)]
const FLAGS = [
  0, 1, 2, 0x40, 0x41, 0x42, 0x241, 0x441, 0x10000, 0x20000, 0x80000, 0x100, 0x200, 0x1000, 0o644, 0o777, 88, 1_024, 1_030, 0x5421,
]
const EDGES = [0, -1, -2, -100, 1, 2, 3, 2 ** 31 - 1, -(2 ** 31), 65_535, 65_536, STAND_IN_END, STAND_IN_END - 1, STAND_IN_END + 1, -65_536]
const INT64_EDGES = [0n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n), 300_000n, 65_536n]
const DOUBLES = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 5e-324, 0.5, 2 ** 53, -(2 ** 63)]
const MAY_EXIT: ReadonlySet<string> = new Set(['exit', 'proc_exit'])
const MAY_ABORT: ReadonlySet<string> = new Set(['_abort_js', '__assert_fail', '__call_sighandler'])
const WASI = /^(fd|environ|clock|random)_/
const encoder = new TextEncoder()
