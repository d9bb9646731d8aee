import type { CodeError, Display, ExecutionResult, ExecutorEvent, FileChange, Reason } from '@interloop/core/executor'
import { recordOf } from './frames.ts'

/** What one program told, folded as a notebook folds it: updates replace what they update, `clear_output` clears the displays. Text stays: it was told in events, and they add up to it. */
export interface Outputs {
  /** Takes one event of the guest, in order; what is to be told of it. */
  take(kind: string, content: Readonly<Record<string, unknown>>): readonly ExecutorEvent[]
  folded(): Pick<ExecutionResult, 'stdout' | 'stderr' | 'displays'> & { readonly value?: Display }
}

export function foldOutputs(): Outputs {
  const texts = { stdout: [] as string[], stderr: [] as string[] }
  let displays: { readonly id: unknown; readonly display: Display }[] = []
  let value: Display | undefined
  let clearsWithNext = false

  function show(display: Display, id: unknown): readonly ExecutorEvent[] {
    if (clearsWithNext) displays = []
    clearsWithNext = false
    displays.push({ id, display })
    return [{ type: 'display', display }]
  }

  return {
    take(kind, content) {
      switch (kind) {
        case 'stdout':
        case 'stderr': {
          const text = String(content['text'])
          texts[kind].push(text)
          return [{ type: kind, text }]
        }
        case 'display':
          return show(displayOf(content), content['id'])
        case 'update': {
          const display = displayOf(content)
          // Of one that nobody shows a notebook shows nothing either.
          if (content['id'] === undefined || !displays.some(({ id }) => id === content['id'])) return []
          displays = displays.map((shown) => (shown.id === content['id'] ? { id: shown.id, display } : shown))
          return [{ type: 'display', display }]
        }
        case 'clear':
          if (content['wait'] === true) clearsWithNext = true
          else displays = []
          return []
        case 'value':
          // More than one where IPython was told to show each expression: the last is the value.
          if (value !== undefined) {
            const before = value
            value = displayOf(content)
            return show(before, undefined)
          }
          value = displayOf(content)
          return []
        default:
          return []
      }
    },
    folded: () => ({
      stdout: texts.stdout.join(''),
      stderr: texts.stderr.join(''),
      displays: displays.map(({ display }) => display),
      ...(value === undefined ? {} : { value }),
    }),
  }
}

/** A bundle of the guest, which makes text of everything; what it is not, is left out. */
function displayOf(content: Readonly<Record<string, unknown>>): Display {
  const data = Object.entries(recordOf(content['data'])).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const metadata = content['metadata'] === undefined ? {} : { metadata: recordOf(content['metadata']) }
  return { data: Object.fromEntries(data), ...metadata }
}

/** How a guest says that a program ended; what it did not say right is left out. */
export interface GuestEnd {
  readonly reason: Reason
  readonly events: number
  readonly wasInterrupted: boolean
  readonly stopped?: Reason | undefined
  readonly exitCode?: number | undefined
  readonly error?: CodeError | undefined
  readonly files: readonly FileChange[]
  readonly dropped?: ExecutionResult['dropped']
  readonly warnings?: readonly string[] | undefined
  readonly usage: { readonly wallMs: number; readonly cpuMs?: number; readonly toolMs: number; readonly peakMemoryBytes?: number }
}

const REASONS: readonly string[] = ['completed', 'exception', 'syntax_error', 'exit', 'deadline', 'memory', 'output_limit', 'aborted']

/** The end in a reply or in the ledger, read with care: a program can reach the guest. Undefined where it is none. */
export function guestEndOf(value: unknown): GuestEnd | undefined {
  const end = recordOf(value)
  const { reason, events, stopped, exitCode } = end
  if (!isReason(reason) || typeof events !== 'number') return undefined
  const usage = recordOf(end['usage'])
  return {
    reason,
    events,
    wasInterrupted: end['wasInterrupted'] === true,
    ...(isReason(stopped) ? { stopped } : {}),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(end['error'] === undefined ? {} : { error: errorOf(recordOf(end['error'])) }),
    files: (Array.isArray(end['files']) ? end['files'] : []).map(recordOf).map(fileOf),
    ...droppedOf(recordOf(end['dropped'])),
    ...(Array.isArray(end['warnings']) ? { warnings: end['warnings'].map(String) } : {}),
    usage: {
      wallMs: numberOf(usage['wallMs']) ?? 0,
      toolMs: numberOf(usage['toolMs']) ?? 0,
      ...defined('cpuMs', numberOf(usage['cpuMs'])),
      ...defined('peakMemoryBytes', numberOf(usage['peakMemoryBytes'])),
    },
  }
}

function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && REASONS.includes(value)
}

function errorOf({ name, value, traceback, line, missingModule }: Readonly<Record<string, unknown>>): CodeError {
  return {
    name: String(name),
    value: String(value),
    traceback: String(traceback),
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof missingModule === 'string' ? { missingModule } : {}),
  }
}

function fileOf({ path, change, size, sha256, mimeType }: Readonly<Record<string, unknown>>): FileChange {
  return {
    path: String(path),
    change: change === 'deleted' || change === 'modified' ? change : 'created',
    size: numberOf(size) ?? 0,
    ...(typeof sha256 === 'string' ? { sha256 } : {}),
    ...(typeof mimeType === 'string' ? { mimeType } : {}),
  }
}

function droppedOf(dropped: Readonly<Record<string, unknown>>): { readonly dropped?: Record<string, number> } {
  const counts = Object.entries(dropped).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && entry[1] > 0)
  return counts.length === 0 ? {} : { dropped: Object.fromEntries(counts) }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function defined<Name extends string>(name: Name, value: number | undefined): { readonly [K in Name]?: number } {
  // A computed name is a text to TypeScript; it is the one that was given.
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: number }
}
