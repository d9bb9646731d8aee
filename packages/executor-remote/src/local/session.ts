import {
  ExecutorError,
  type FileInput,
  type Limits,
  type OpenedSession,
  type Ran,
  type RunContext,
  type SessionFiles,
} from '@interloop/core/executor'
import { serveToolCalls } from '@interloop/executor-kit'
import type { FileReply, GuestProcess } from './guest-process.ts'
import type { FileRequest } from './protocol.ts'

/**
 * A session on a supervisor. An interpreter that ends is replaced by its supervisor, files are kept. Where the supervisor itself
 * ended under a program, `start` gives another one, with the files that the host gave.
 */
export function openSession(first: GuestProcess, start: () => Promise<GuestProcess>): OpenedSession {
  const given = new Map<string, FileInput>()
  let guest = Promise.resolve(first)
  let programs = 0
  let isClosed = false

  function revive(): void {
    if (isClosed) return
    guest = startAgain()
    guest.catch(() => undefined) // the next request finds it out
  }
  async function startAgain(): Promise<GuestProcess> {
    const started = await start().catch(notAgain)
    try {
      await started.ready
      for (const file of given.values()) await put(started, file)
      return started
    } catch (cause) {
      await started.kill()
      return notAgain(cause)
    }
  }
  async function alive(): Promise<GuestProcess> {
    const current = await guest
    if (current.isAlive) return current
    throw endedBefore()
  }

  const files: SessionFiles = {
    async put(file) {
      await put(await alive(), file)
      given.set(file.path, file)
    },
    async read(path) {
      return (await askFile(await alive(), { type: 'read', path })).content
    },
    async list() {
      const { answer } = await askFile(await alive(), { type: 'list' })
      return answer.type === 'listed' ? answer.files : []
    },
    async remove(path) {
      await askFile(await alive(), { type: 'remove', path })
      given.delete(path)
    },
  }
  return {
    files,
    async ready() {
      await alive()
    },
    async close() {
      isClosed = true
      const current = await guest.catch(() => undefined)
      await current?.kill()
    },
    async run(code, context) {
      const running = await alive()
      programs += 1
      const killsBefore = await running.oomKills()
      const ended = await execute(running, programs, code, context)
      if (running.isLost) throw endedBefore()
      for (const file of ended?.files ?? []) context.emit({ type: 'file', file })
      const kills = (await running.oomKills()) - killsBefore
      if (ended === undefined) revive()
      const ran = withKills(ended?.ran ?? { reason: 'crashed', state: 'lost', warnings: ['the process of the session ended'] }, kills)
      // Who told it to stop knows the reason.
      return context.signal.aborted ? { ...ran, reason: ended?.ran.reason } : ran
    },
  }
}

async function execute(guest: GuestProcess, number: number, code: string, context: RunContext): ReturnType<GuestProcess['execute']> {
  const { signal, emit, request } = context
  const calls = serveToolCalls(context, (id, answer) => guest.answer(number, id, answer), request.limits?.toolCalls)
  const stop = () => guest.stop(number)
  const executing = guest.execute(
    { number, code, limits: wholeLimits(request.limits) },
    { onProgress: emit, onCall: (call) => calls.serve(call) },
  )
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await executing
  } finally {
    signal.removeEventListener('abort', stop)
    calls.end()
  }
}

/** The kernel says by its counter that memory was used up. A program that ended well all the same keeps its reason: its work, or a part of it, is there. */
function withKills(ran: Ran, kills: number): Ran {
  if (kills === 0) return ran
  const processes = kills === 1 ? 'a process' : `${kills} processes`
  const warnings = [...(ran.warnings ?? []), `the system ended ${processes} of the session because its memory was used up`]
  const endedWell = ran.reason === 'completed' || (ran.reason === 'exit' && ran.exitCode === 0)
  return { ...ran, warnings, reason: endedWell ? ran.reason : 'memory' }
}

function endedBefore(): ExecutorError {
  return new ExecutorError('session_lost', 'the interpreter ended while no program ran', { started: 'no' })
}

/** Lost, so that whoever holds the session opens it anew. */
function notAgain(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new ExecutorError('session_lost', `the interpreter could not be started again: ${reason}`, { started: 'no', cause })
}

/** As whole numbers: JSON has no infinite ones. */
function wholeLimits(limits: Limits | undefined): Limits {
  const told = Object.entries(limits ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER)]],
  )
  return Object.fromEntries(told)
}

async function put(guest: GuestProcess, { path, content, aliases = [] }: FileInput): Promise<void> {
  await askFile(guest, { type: 'put', paths: [path, ...aliases] }, typeof content === 'string' ? Buffer.from(content) : content)
}

/** Rejects with `ExecutorError` where it was not served. */
async function askFile(guest: GuestProcess, request: FileRequest, content?: Uint8Array): Promise<FileReply> {
  const reply = await guest.askFile(request, content)
  if (reply === undefined) throw new ExecutorError('session_lost', 'the session ended before it served a file', { started: 'no' })
  if (reply.answer.type === 'failed') throw new ExecutorError(reply.answer.code, reply.answer.message, { started: 'no' })
  return reply
}
