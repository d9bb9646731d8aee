import type { Display, ExecutionResult, ExecutorEvent, FileChange } from '../executor.ts'
import type { HeldLimits } from './limits.ts'
import { retain } from './retain.ts'

/** The two streams of text, by their names in events and results. */
export type Stream = 'stdout' | 'stderr'

export const STREAMS: readonly Stream[] = ['stdout', 'stderr']

/** What one execution told, within its limits. */
export interface Collector {
  /** Collects and passes on; ignored once closed. Never throws. */
  emit(event: ExecutorEvent): void
  /** What comes later is ignored. */
  close(): void
  /** Emits and collects a text that stands in the result; where something of that stream was emitted, the text replaces it in the result only. */
  addUntold(stream: Stream, text: string | undefined): void
  addUntoldDisplays(displays: readonly Display[] | undefined): void
  addUntoldFiles(files: readonly FileChange[] | undefined): void
  collected(): Pick<ExecutionResult, 'stdout' | 'stderr' | 'displays' | 'files' | 'dropped'>
}

/** Collects the events of one execution. `onHardLimit` is called once, when both streams together are beyond `outputHardBytes`. */
export function collect(
  limits: Pick<HeldLimits, 'outputBytes' | 'outputHardBytes' | 'displayBytes'>,
  pass: (event: ExecutorEvent) => void,
  onHardLimit: () => void,
): Collector {
  const texts = { stdout: retain(limits.outputBytes), stderr: retain(limits.outputBytes) }
  let displays: Display[] = []
  let files: FileChange[] = []
  let displayBytes = 0
  let droppedDisplays = 0
  let isOpen = true
  let isBeyond = false

  function keep(display: Display): boolean {
    const size = sizeOf(display)
    if (displayBytes + size > limits.displayBytes) {
      droppedDisplays += 1
      return false
    }
    displayBytes += size
    displays.push(display)
    return true
  }

  function emit(event: ExecutorEvent): void {
    if (!isOpen) return
    if (event.type === 'stdout' || event.type === 'stderr') texts[event.type].add(event.text)
    else if (event.type === 'file') files.push(event.file)
    else if (event.type === 'display' && !keep(event.display)) return
    pass(event)
    if (isBeyond || texts.stdout.bytes + texts.stderr.bytes <= limits.outputHardBytes) return
    isBeyond = true
    onHardLimit()
  }

  return {
    emit,
    close() {
      isOpen = false
    },
    addUntold(stream, text) {
      if (text === undefined) return
      if (texts[stream].bytes > 0) {
        texts[stream] = retain(limits.outputBytes)
        texts[stream].add(text)
      } else if (text !== '') {
        emit({ type: stream, text })
      }
    },
    addUntoldDisplays(given) {
      if (given === undefined) return
      if (displays.length === 0) {
        for (const display of given) emit({ type: 'display', display })
        return
      }
      displays = []
      displayBytes = 0
      droppedDisplays = 0
      for (const display of given) keep(display)
    },
    addUntoldFiles(given) {
      if (given === undefined) return
      if (files.length === 0) for (const file of given) emit({ type: 'file', file })
      else files = [...given]
    },
    collected() {
      const stdout = texts.stdout.retained()
      const stderr = texts.stderr.retained()
      const dropped = {
        ...(stdout.droppedBytes > 0 ? { stdoutBytes: stdout.droppedBytes } : {}),
        ...(stderr.droppedBytes > 0 ? { stderrBytes: stderr.droppedBytes } : {}),
        ...(droppedDisplays > 0 ? { displays: droppedDisplays } : {}),
      }
      return {
        stdout: stdout.text,
        stderr: stderr.text,
        displays,
        files,
        ...(Object.keys(dropped).length > 0 ? { dropped } : {}),
      }
    },
  }
}

/** Characters of a bundle; binary types are base64, so that is close to what is sent. */
function sizeOf(display: Display): number {
  return Object.values(display.data).reduce((sum, data) => sum + data.length, 0)
}
