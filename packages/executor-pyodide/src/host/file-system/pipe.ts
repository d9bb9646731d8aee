import { CallError } from '../errno.ts'
import type { Descriptors } from './descriptors.ts'
import type { PipeNode } from './nodes.ts'
import { newDescription } from './open.ts'
import type { Volume } from './volume.ts'

/** Opens a pipe: the descriptor to read from and that to write to. Throws `EMFILE`, and leaves none open then. */
export function openPipe(volume: Volume, descriptors: Descriptors): readonly [number, number] {
  const pipe = volume.newPipe()
  const reading = descriptors.open(newDescription(pipe, true, false, 0), false)
  try {
    return [reading, descriptors.open(newDescription(pipe, false, true, 0), false)]
  } catch (error) {
    descriptors.close(reading)
    throw error
  }
}

/** Throws `EAGAIN` where nothing is there: nobody could write while the only program there is waits. */
export function readPipe(pipe: PipeNode, target: Uint8Array): number {
  let done = 0
  while (done < target.length) {
    const [first] = pipe.waiting
    if (first === undefined) break
    const part = first.subarray(0, target.length - done)
    target.set(part, done)
    done += part.length
    if (part.length === first.length) pipe.waiting.shift()
    else pipe.waiting[0] = first.subarray(part.length)
  }
  pipe.waitingBytes -= done
  if (done === 0 && target.length > 0 && pipe.writers > 0) throw new CallError('EAGAIN')
  return done
}

/** Takes what there is room for. Throws `EPIPE` where nobody can read, `EAGAIN` where it is full. */
export function writePipe(pipe: PipeNode, bytes: Uint8Array): number {
  if (pipe.readers === 0) throw new CallError('EPIPE')
  const room = PIPE_BYTES - pipe.waitingBytes
  // What fits into PIPE_BUF is written whole or not at all.
  if (bytes.length > room && (bytes.length <= WHOLE_BYTES || room === 0)) throw new CallError('EAGAIN')
  const taken = bytes.slice(0, room)
  if (taken.length > 0) pipe.waiting.push(taken)
  pipe.waitingBytes += taken.length
  return taken.length
}

/** Whether a write of one byte would be taken. */
export function hasRoom(pipe: PipeNode): boolean {
  return PIPE_BYTES - pipe.waitingBytes >= WHOLE_BYTES
}

/** As on Linux. */
const PIPE_BYTES = 65_536
const WHOLE_BYTES = 4_096
