import {
  ExecutorError,
  type FileInput,
  type OpenedSession,
  OptionsError,
  type Ran,
  type RunContext,
  type SessionFiles,
} from '@interloop/core/executor'
import { serveToolCalls } from '@interloop/executor-kit'
import type { ProgramLimits } from './guest/messages.ts'
import type { Guest, ProgramResult } from './levels/guest.ts'
import type { PackageLoader } from './packages/package-loader.ts'
import { watchProgram } from './program-watch.ts'

/**
 * A session on an interpreter, and on a fresh one after a program has ended that: `start` gives it, and it gets the files that the host gave.
 * `memoryBytes` is what the session may have; a program may only have less. `packages` brings what programs import.
 */
export function openSession(
  first: Guest,
  start: () => Promise<Guest>,
  memoryBytes: number,
  packages?: PackageLoader | undefined,
): OpenedSession {
  const given = new Map<string, FileInput>()
  let guest = Promise.resolve(first)
  let programs = 0
  let isClosed = false

  function revive(): void {
    if (isClosed) return
    guest = startAgain()
    guest.catch(() => undefined) // the next request finds it out
  }
  async function startAgain(): Promise<Guest> {
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
  async function alive(): Promise<Guest> {
    const current = await guest
    if (current.isAlive) return current
    throw new ExecutorError('session_lost', 'the interpreter ended while no program ran', { started: 'no', stateLost: true })
  }

  const files: SessionFiles = {
    async put(file) {
      await put(await alive(), file)
      given.set(file.path, file)
    },
    read: async (path) => (await alive()).read(path),
    list: async () => (await alive()).list(),
    async remove(path) {
      await (await alive()).remove(path)
      given.delete(path)
    },
  }
  return {
    files,
    async ready() {
      await alive()
    },
    async reset() {
      const current = await alive()
      await current.reset()
      packages?.forget(current)
      given.clear()
    },
    async close() {
      isClosed = true
      const current = await guest.catch(() => undefined)
      await current?.kill()
    },
    async run(code, context) {
      const running = await alive()
      const limits = wholeLimits(context, memoryBytes)
      checkMemory(limits, running)
      programs += 1
      await packages?.prepare(running, code, (loading) => {
        const names = loading.map(({ name, version }) => `${name} ${version}`).join(', ')
        context.emit({ type: 'status', status: 'preparing', detail: `unpacking ${names}` })
      })
      const { result, stopped } = await execute(running, programs, code, limits, context)
      for (const file of result?.files ?? []) context.emit({ type: 'file', file })
      const ran: Ran = result?.ran ?? { reason: 'crashed', state: 'lost', warnings: [(await running.ended).detail] }
      if (ran.state === 'lost') {
        await running.kill() // it said so, and may not be gone yet
        revive()
      }
      // Who told it to stop knows the reason.
      return stopped === undefined ? ran : { ...ran, reason: stopped === 'aborted' ? undefined : stopped }
    },
  }
}

async function execute(
  guest: Guest,
  number: number,
  code: string,
  limits: ProgramLimits,
  context: RunContext,
): Promise<{ result: ProgramResult | undefined; stopped: 'deadline' | 'aborted' | undefined }> {
  const { signal, emit, request } = context
  const calls = serveToolCalls(context, (id, answer) => guest.answer(number, id, answer), limits.toolCalls)
  const watch = watchProgram({
    wallMs: limits.wallMs,
    cpuMs: request.limits?.cpuMs,
    measuredCpuMs: guest.cpuMs,
    interrupt: () => guest.stop(number),
    kill() {
      emit({ type: 'status', status: 'killed' })
      void guest.kill()
    },
  })
  const executing = guest.execute(
    { number, code, limits },
    {
      onProgress: emit,
      onCall: (call) => calls.serve(call),
      onWaiting: ({ isWaiting }) => watch.setWaiting(isWaiting),
    },
  )
  if (signal.aborted) watch.abort()
  else signal.addEventListener('abort', watch.abort, { once: true })
  try {
    const result = await executing
    return { result, stopped: signal.aborted ? 'aborted' : watch.end() }
  } finally {
    watch.end()
    signal.removeEventListener('abort', watch.abort)
    calls.end()
  }
}

/** Lost, so that whoever holds the session opens it anew. */
function notAgain(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new ExecutorError('session_lost', `the interpreter could not be started again: ${reason}`, { started: 'no', cause })
}

/** As whole numbers: JSON has no infinite ones. */
function wholeLimits({ request: { limits = {} } }: RunContext, memoryBytes: number): ProgramLimits {
  const whole = (value: number) => Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER)
  return {
    wallMs: whole(limits.wallMs ?? Number.POSITIVE_INFINITY),
    memoryBytes: whole(Math.min(limits.memoryBytes ?? memoryBytes, memoryBytes)),
    outputBytes: whole(limits.outputBytes ?? Number.POSITIVE_INFINITY),
    outputHardBytes: whole(limits.outputHardBytes ?? Number.POSITIVE_INFINITY),
    displayBytes: whole(limits.displayBytes ?? Number.POSITIVE_INFINITY),
    toolCalls: whole(limits.toolCalls ?? 5_000),
  }
}

/** What a session already uses cannot be taken from it (pyodide.md 12). */
function checkMemory({ memoryBytes }: ProgramLimits, guest: Guest): void {
  if (memoryBytes >= guest.memoryBytes) return
  throw new OptionsError(
    'limits.memoryBytes',
    `limits.memoryBytes must be at least what the session uses already, ${guest.memoryBytes} bytes, got ${memoryBytes}`,
  )
}

async function put(guest: Guest, { path, content, aliases = [] }: FileInput): Promise<void> {
  await guest.put([path, ...aliases], typeof content === 'string' ? Buffer.from(content) : content)
}
