/** Writes small WebAssembly modules and libraries in bytes, as much of the format as tests need. */
export interface LibraryText {
  /** What `dylink.0` says; left out, the module is no library. */
  readonly dylink?:
    | {
        readonly memory?: readonly [size: number, alignmentPower: number]
        readonly table?: readonly [size: number, alignmentPower: number]
        readonly needed?: readonly string[]
        readonly weak?: readonly string[]
        readonly runtimePaths?: readonly string[]
      }
    | undefined
  readonly imports?: readonly ImportText[]
  readonly functions?: readonly FunctionText[]
  /** Constants that are exported: places in the library's own memory. */
  readonly addresses?: Readonly<Record<string, number>>
  /** Functions of its own, by their numbers (imports come first), that go to its slots of the table, from `__table_base` on. */
  readonly slots?: readonly number[]
  /** Names that are exported beside those of functions, for nothing but to be there. */
  readonly marks?: readonly string[]
}

/** A function `() → i32` by default, a global of 32 bits, or the shared memory or table. */
export type ImportText = readonly [
  from: string,
  name: string,
  what: 'function' | 'action' | 'constant' | 'variable' | 'memory' | 'table' | 'tag',
]

/** `action`: it gives nothing. The body is written in instructions, see `op`. */
export interface FunctionText {
  readonly name: string
  readonly isAction?: boolean | undefined
  readonly body: readonly number[]
}

/** Instructions. */
export const op = {
  call: (index: number): number[] => [0x10, ...leb(index)],
  constant: (value: number): number[] => [0x41, ...signed(value)],
  global: (index: number): number[] => [0x23, ...leb(index)],
  load: [0x28, 2, 0],
  store: [0x36, 2, 0],
  add: [0x6a],
  equal: [0x46],
  /** Calls the function `() → i32` whose address is on the stack. */
  callAddress: [0x11, 0, 0],
} as const

export function assemble({
  dylink,
  imports = [],
  functions = [],
  addresses = {},
  slots = [],
  marks = [],
}: LibraryText): Uint8Array<ArrayBuffer> {
  const importedFunctions = imports.filter(([, , what]) => what === 'function' || what === 'action').length
  const importedGlobals = imports.filter(([, , what]) => what === 'constant' || what === 'variable').length
  const constants = Object.entries(addresses)
  const exported = [
    ...functions.map(({ name }, index) => [...text(name), 0, ...leb(importedFunctions + index)]),
    ...constants.map(([name], index) => [...text(name), 3, ...leb(importedGlobals + index)]),
    ...marks.map((name) => [...text(name), 0, ...leb(importedFunctions)]),
  ]
  const tableBase = imports
    .filter(([, , what]) => what === 'constant' || what === 'variable')
    .findIndex(([, name]) => name === '__table_base')
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...(dylink === undefined ? [] : section(0, [...text('dylink.0'), ...dylinkParts(dylink)])),
    ...section(
      1,
      list([
        [0x60, 0, 1, I32],
        [0x60, 0, 0],
      ]),
    ),
    ...section(2, list(imports.map(([from, name, what]) => [...text(from), ...text(name), ...IMPORTED[what]]))),
    ...section(3, list(functions.map(({ isAction = false }) => [isAction ? 1 : 0]))),
    ...(constants.length > 0 ? section(6, list(constants.map(([, value]) => [I32, 0, ...op.constant(value), END]))) : []),
    ...section(7, list(exported)),
    ...(slots.length > 0 ? section(9, list([[0, ...op.global(tableBase), END, ...list(slots.map(leb))]])) : []),
    ...section(10, list(functions.map(({ body }) => sized([0, ...body, END])))),
  ])
}

function dylinkParts({ memory = [0, 0], table = [0, 0], needed, weak, runtimePaths }: NonNullable<LibraryText['dylink']>): number[] {
  return [
    ...section(1, [...leb(memory[0]), ...leb(memory[1]), ...leb(table[0]), ...leb(table[1])]),
    ...(needed === undefined ? [] : section(2, list(needed.map(text)))),
    ...(weak === undefined ? [] : section(4, list(weak.map((name) => [...text('GOT.mem'), ...text(name), 1])))),
    ...(runtimePaths === undefined ? [] : section(5, list(runtimePaths.map(text)))),
  ]
}

const I32 = 0x7f
const END = 0x0b
const IMPORTED: Readonly<Record<ImportText[2], readonly number[]>> = {
  function: [0, 0],
  action: [0, 1],
  constant: [3, I32, 0],
  variable: [3, I32, 1],
  memory: [2, 0, 0],
  table: [1, 0x70, 0, 0],
  tag: [4, 0, 1],
}

function section(id: number, body: readonly number[]): number[] {
  return [id, ...sized(body)]
}

function list(members: readonly (readonly number[])[]): number[] {
  return [...leb(members.length), ...members.flat()]
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)])
}

function sized(bytes: readonly number[]): number[] {
  return [...leb(bytes.length), ...bytes]
}

function leb(value: number): number[] {
  const low = value % 128
  return value < 128 ? [low] : [low | 0x80, ...leb(Math.floor(value / 128))]
}

function signed(value: number): number[] {
  const low = value & 0x7f
  const rest = value >> 7
  return (rest === 0 && low < 64) || (rest === -1 && low >= 64) ? [low] : [low | 0x80, ...signed(rest)]
}
