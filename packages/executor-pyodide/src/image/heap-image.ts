import type { CapturedHeap, HeapImage, HeapRun, HeapShape } from '../host/host.ts'
import { joined } from '../joined.ts'
import { ImageError } from './image-error.ts'
import type { PartReader } from './part-reader.ts'

const WASM_PAGE = 65_536
/** In this unit memory is looked at. */
const PAGE = 4_096
/** Runs with no more between them are one: a read costs more than some zeros. */
const GAP = 16_384
/** Of the header. A heap of 512 MiB in runs of one page each, which no program makes, would need 3 MiB. */
const MOST_HEADER_BYTES = 4 * 2 ** 20

/** What stands before the runs. */
interface HeapHeader extends HeapShape {
  readonly runs: readonly HeapRun[]
}

/** A heap as bytes to be kept: `u32` length of the header (little-endian), the header as JSON, the runs one after another. */
export function encodeHeap({ memory, memoryBytes, tableLength, stackPointer }: CapturedHeap): Uint8Array<ArrayBuffer> {
  const runs = nonZeroRuns(memory)
  const header: HeapHeader = { memoryBytes, tableLength, stackPointer, runs }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, text.length, true)
  return joined([length, text, ...runs.map((run) => memory.subarray(run.offset, run.offset + run.length))])
}

/** A heap to be laid over memory. Its header is checked: whatever stands there, no run lies outside of the memory. Throws `ImageError`. */
export function openHeap(part: PartReader): HeapImage {
  const length = new Uint8Array(4)
  part.read(length, 0)
  const headerBytes = new DataView(length.buffer).getUint32(0, true)
  if (headerBytes > MOST_HEADER_BYTES) throw new ImageError('the header of its heap is too long')
  const text = new Uint8Array(headerBytes)
  part.read(text, length.length)
  const start = length.length + headerBytes
  const header = checkedHeader(parsed(text), part.size - start)
  return { ...header, read: (target, position) => part.read(target, start + position) }
}

function parsed(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text))
  } catch (cause) {
    throw new ImageError('the header of its heap is no JSON', { cause })
  }
}

function checkedHeader(value: unknown, runBytes: number): HeapHeader {
  // Every member is looked at below, before it is used.
  const { memoryBytes, tableLength, stackPointer, runs } = Object(value) as Partial<Record<keyof HeapHeader, unknown>>
  if (!isCount(memoryBytes) || memoryBytes % WASM_PAGE !== 0 || memoryBytes > 2 ** 32) throw new ImageError('its heap has no size')
  if (!isCount(tableLength)) throw new ImageError('its heap does not say how long the function table is')
  if (!isCount(stackPointer) || stackPointer > memoryBytes) throw new ImageError('its heap does not say where the stack is')
  if (!Array.isArray(runs)) throw new ImageError('its heap has no runs')
  const checked = runs.map(checkedRun)
  let end = 0
  for (const { offset, length } of checked) {
    if (offset < end || offset + length > memoryBytes) throw new ImageError('a run of its heap lies where none may be')
    end = offset + length
  }
  const sum = checked.reduce((bytes, { length }) => bytes + length, 0)
  if (sum !== runBytes) throw new ImageError(`the runs of its heap have ${sum} bytes by its header, and ${runBytes} are there`)
  return { memoryBytes, tableLength, stackPointer, runs: checked }
}

function checkedRun(value: unknown): HeapRun {
  const { offset, length } = Object(value) as Partial<Record<keyof HeapRun, unknown>>
  if (!isCount(offset) || !isCount(length)) throw new ImageError('a run of its heap has no place')
  return { offset, length }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function nonZeroRuns(memory: Uint8Array): readonly HeapRun[] {
  const words = new BigUint64Array(memory.buffer, memory.byteOffset, memory.byteLength / 8)
  const runs: { offset: number; length: number }[] = []
  for (let page = 0; page < memory.length; page += PAGE) {
    if (isZero(words, page / 8, (page + PAGE) / 8)) continue
    const last = runs.at(-1)
    if (last && page - (last.offset + last.length) <= GAP) last.length = page + PAGE - last.offset
    else runs.push({ offset: page, length: PAGE })
  }
  return runs
}

function isZero(words: BigUint64Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (words[index] !== 0n) return false
  return true
}
