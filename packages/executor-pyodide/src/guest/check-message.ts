import type { CodeError, Display, FileChange, Ran } from '@interloop/core/executor'
import { type Frame, FrameError } from './frames.ts'
import type { ListedFile, Message } from './messages.ts'

type Members = Readonly<Record<string, unknown>>

/** A header as a message, made anew of the members that are known. Throws `FrameError` where one is not what it has to be. */
export function checkMessage(header: Frame['header']): Message {
  const type = text(header, 'type')
  switch (type) {
    case 'ready':
      return { type, memoryBytes: count(header, 'memoryBytes') }
    case 'stdout':
    case 'stderr':
      return { type, number: count(header, 'number'), text: text(header, 'text') }
    case 'display':
      return { type, number: count(header, 'number'), display: display(header['display']) }
    case 'status':
      return {
        type,
        number: count(header, 'number'),
        status: oneOf(header, 'status', ['interrupting']),
        detail: oneOf(header, 'detail', STOPS),
      }
    case 'call':
      return {
        type,
        number: count(header, 'number'),
        id: text(header, 'id'),
        name: text(header, 'name'),
        arguments: text(header, 'arguments'),
      }
    case 'waiting':
      return { type, number: count(header, 'number'), isWaiting: header['isWaiting'] === true }
    case 'wake':
      return { type, id: count(header, 'id'), ms: amount(header, 'ms') }
    case 'files':
      return { type, number: count(header, 'number'), files: list(header, 'files').map(fileChange) }
    case 'ended':
      return { type, number: count(header, 'number'), ran: checkRan(members(header['ran'])) }
    case 'piece':
    case 'done':
      return { type, ask: count(header, 'ask') }
    case 'listed':
      return { type, ask: count(header, 'ask'), files: list(header, 'files').map(listedFile) }
    case 'failed':
      return { type, ask: count(header, 'ask'), code: oneOf(header, 'code', CODES), message: text(header, 'message') }
    default:
      throw new FrameError(`${JSON.stringify(type)} is no message`)
  }
}

const STOPS = ['deadline', 'output_limit', 'aborted'] as const
const CODES = ['not_found', 'too_large', 'internal'] as const
const REASONS = ['completed', 'exception', 'syntax_error', 'exit', 'deadline', 'memory', 'output_limit', 'crashed', 'violation'] as const
const CHANGES = ['created', 'modified', 'deleted'] as const

/** What a program can say of itself; nothing of it decides about the session but that its interpreter is lost. */
function checkRan(ran: Members): Ran {
  const { dropped, usage } = ran
  return {
    ...(ran['reason'] === undefined ? {} : { reason: oneOf(ran, 'reason', REASONS) }),
    ...(ran['value'] === undefined ? {} : { value: display(ran['value']) }),
    ...(ran['error'] === undefined ? {} : { error: codeError(members(ran['error'])) }),
    ...(ran['exitCode'] === undefined ? {} : { exitCode: whole(ran, 'exitCode') }),
    ...(ran['state'] === 'lost' ? { state: 'lost' } : {}),
    ...(ran['warnings'] === undefined ? {} : { warnings: list(ran, 'warnings').map(asText) }),
    ...(dropped === undefined ? {} : { dropped: numbers(members(dropped), ['stdoutBytes', 'stderrBytes', 'displays', 'files']) }),
    ...(usage === undefined ? {} : { usage: numbers(members(usage), ['wallMs', 'cpuMs', 'toolMs', 'peakMemoryBytes']) }),
  }
}

function codeError(error: Members): CodeError {
  return {
    name: text(error, 'name'),
    value: text(error, 'value'),
    traceback: text(error, 'traceback'),
    ...(error['line'] === undefined ? {} : { line: count(error, 'line') }),
    ...(error['missingModule'] === undefined ? {} : { missingModule: text(error, 'missingModule') }),
  }
}

function display(value: unknown): Display {
  const data = Object.entries(members(members(value)['data'])).map(([mimeType, content]) => [mimeType, asText(content)] as const)
  return { data: Object.fromEntries(data) }
}

function fileChange(value: unknown): FileChange {
  const file = members(value)
  return {
    path: text(file, 'path'),
    change: oneOf(file, 'change', CHANGES),
    size: count(file, 'size'),
    ...(file['sha256'] === undefined ? {} : { sha256: text(file, 'sha256') }),
    ...(file['mimeType'] === undefined ? {} : { mimeType: text(file, 'mimeType') }),
  }
}

function listedFile(value: unknown): ListedFile {
  const file = members(value)
  return { path: text(file, 'path'), size: count(file, 'size') }
}

/** The members of these names that are there; each has to be a number, 0 or more. */
function numbers<Name extends string>(from: Members, names: readonly Name[]): { readonly [Each in Name]?: number } {
  const found = names.flatMap((name) => (from[name] === undefined ? [] : [[name, amount(from, name)] as const]))
  return Object.fromEntries(found) as { readonly [Each in Name]?: number } // Object.fromEntries forgets the names
}

function members(value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members // just checked
  throw new FrameError('a message lacks an object')
}

function list(from: Members, name: string): readonly unknown[] {
  const value = from[name]
  if (Array.isArray(value)) return value
  throw new FrameError(`${name} is no list`)
}

function text(from: Members, name: string): string {
  const value = from[name]
  if (typeof value === 'string') return value
  throw new FrameError(`${name} is no text`)
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value
  throw new FrameError('a message lacks a text')
}

function whole(from: Members, name: string): number {
  const value = from[name]
  if (Number.isSafeInteger(value)) return Number(value)
  throw new FrameError(`${name} is no whole number`)
}

function count(from: Members, name: string): number {
  const value = whole(from, name)
  if (value >= 0) return value
  throw new FrameError(`${name} is below 0`)
}

function amount(from: Members, name: string): number {
  const value = from[name]
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value
  throw new FrameError(`${name} is no amount`)
}

function oneOf<const Value extends string>(from: Members, name: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === from[name])
  if (found !== undefined) return found
  throw new FrameError(`${name} is none of ${values.join(', ')}`)
}
