import type { ExecutionContext, ExecutionRequest, ExecutionResult, FileInput } from '../executor.ts'
import { sha256 } from '../hash.ts'

/** What was done to a session, in its order: what a rebuild does again. */
export type LogEntry =
  | { readonly kind: 'put'; readonly file: FileInput }
  | { readonly kind: 'remove'; readonly path: string }
  | {
      readonly kind: 'program'
      readonly request: ExecutionRequest
      readonly calls: readonly LoggedCall[]
      /** `endingOf` its result; not awaited before, so that entries keep their order. */
      readonly ending: Promise<string>
    }

/** A call of a host tool, and what it was answered; JSON. */
export interface LoggedCall {
  readonly name: string
  readonly arguments: string
  /** Absent while it is open. */
  answer?: { readonly value: string } | { readonly error: string } | undefined
}

/** Remembers what a rebuild needs (remote.md 9). */
export interface SessionLog {
  readonly entries: readonly LogEntry[]
  /** Why the session cannot be rebuilt from the entries; undefined where it can. Where nothing ran there is nothing to rebuild. */
  readonly gap: string | undefined
  /** The entries are all that can have changed the folder. */
  readonly knowsFolder: boolean
  /** Returns what takes the entry back: it was not put after all. */
  put(file: FileInput): () => void
  remove(path: string): void
  /** A program that ended, well or not. One that left no state is not entered. */
  program(request: ExecutionRequest, calls: readonly LoggedCall[], result: ExecutionResult): void
  /** From now on the session cannot be rebuilt. */
  breakOff(reason: string): void
}

/** Files, programs and answers together; of a session that took more only the files are moved. Bytes. */
const LOG_BYTES = 64 * 2 ** 20

/** Its programs have ended for a reason of their own, and would end so again. */
const REPEATABLE: readonly ExecutionResult['reason'][] = ['completed', 'exception', 'exit']

export function createSessionLog(limitBytes: number = LOG_BYTES): SessionLog {
  let entries: LogEntry[] = []
  let gap: string | undefined
  let hasRun = false
  let bytes = 0
  const isFull = () => bytes > limitBytes

  function breakOff(reason: string): void {
    gap ??= reason
    hasRun = true
    // Files that were put are still known, where the first cannot give them.
    entries = entries.filter((entry) => entry.kind !== 'program')
  }

  function enter(entry: LogEntry): void {
    if (entry.kind === 'program') hasRun = true
    bytes += sizeOf(entry)
    if (isFull()) entries = []
    else if (entry.kind !== 'program' || gap === undefined) entries.push(entry)
  }

  function takeBack(entry: LogEntry): void {
    if (!entries.includes(entry)) return
    entries = entries.filter((other) => other !== entry)
    bytes -= sizeOf(entry)
  }

  return {
    get entries() {
      return entries
    },
    get gap() {
      return gap ?? (hasRun && isFull() ? `its files and programs have more than ${limitBytes} bytes` : undefined)
    },
    get knowsFolder() {
      return !hasRun && !isFull()
    },
    put(file) {
      const entry: LogEntry = { kind: 'put', file: copied(file) }
      enter(entry)
      return () => takeBack(entry)
    },
    remove: (path) => enter({ kind: 'remove', path }),
    program(request, calls, result) {
      if (result.reason === 'syntax_error' || result.state === 'restored') return
      if (result.state === 'lost') breakOff('its variables had been lost before')
      else if (!REPEATABLE.includes(result.reason)) breakOff('a program before was stopped')
      else if (calls.some(({ answer }) => answer === undefined)) breakOff('a call of a tool was still open when its program ended')
      else enter({ kind: 'program', request: { ...request, files: undefined }, calls, ending: endingOf(result) })
    },
    breakOff,
  }
}

/** The caller may change its bytes later. */
function copied(file: FileInput): FileInput {
  return typeof file.content === 'string' ? file : { ...file, content: file.content.slice() }
}

function sizeOf(entry: LogEntry): number {
  switch (entry.kind) {
    case 'put':
      return entry.file.content.length
    case 'remove':
      return entry.path.length
    case 'program':
      return entry.calls.reduce((sum, call) => sum + call.arguments.length + answerSize(call), entry.request.code.length)
  }
}

function answerSize({ answer }: LoggedCall): number {
  if (answer === undefined) return 0
  return 'value' in answer ? answer.value.length : answer.error.length
}

/** How a program ended, as a hash: stdout, value and error, and why. A value's address in memory is another one in each process. */
export function endingOf({ reason, exitCode, stdout, dropped, value, error }: ExecutionResult): Promise<string> {
  const data = Object.entries(value?.data ?? {}).map(([type, text]) => [type, text.replace(/ at 0x[0-9a-f]+>/gi, '>')])
  return sha256(JSON.stringify([reason, exitCode ?? null, stdout, dropped?.stdoutBytes ?? 0, data, error?.name ?? '', error?.value ?? '']))
}

/** Passes calls on and remembers them with their answers. */
export function recordCalls(callTool: ExecutionContext['callTool']): {
  readonly calls: readonly LoggedCall[]
  readonly callTool: ExecutionContext['callTool']
} {
  const calls: LoggedCall[] = []
  return {
    calls,
    async callTool(call) {
      const logged: LoggedCall = { name: call.name, arguments: jsonOf(call.arguments) }
      calls.push(logged)
      try {
        const value = await callTool(call)
        logged.answer = { value: jsonOf(value) }
        return value
      } catch (error) {
        logged.answer = { error: error instanceof Error ? error.message : String(error) }
        throw error
      }
    },
  }
}

/** What arguments and answers are in transit. Throws for what has no JSON. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}
