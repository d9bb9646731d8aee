import { ExecutorError, type FileInput, type OpenedSession, type SessionFiles } from '@interloop/core/executor'
import type { GuestProcess } from './guest-process.ts'

const DEFAULT_MEMORY_BYTES = 512 * 2 ** 20

/** From the interrupt to the kill. */
const GRACE_MS = 1_000

/** A session on an interpreter, and on a fresh one after a program has ended that: with the files that the host gave, and none of the program's. */
export function openSession(first: GuestProcess, start: () => GuestProcess): OpenedSession {
  const given = new Map<string, FileInput>()
  let guest = first
  let isReady = first.ready
  let programs = 0
  let isClosed = false

  function revive(): void {
    if (isClosed) return
    guest = start()
    isReady = guest.ready.then(async () => {
      for (const file of given.values()) await put(guest, file)
    })
    isReady.catch(() => {}) // the next request finds it out
  }
  async function alive(): Promise<GuestProcess> {
    await isReady
    if (!guest.isAlive) throw new ExecutorError('session_lost', 'the interpreter ended while no program ran', { started: 'no' })
    return guest
  }
  const files: SessionFiles = {
    async put(file) {
      await put(await alive(), file)
      given.set(file.path, file)
    },
    async read(path) {
      const { content } = served(await (await alive()).ask({ type: 'read', path }, 'content'))
      if (content === undefined) throw new ExecutorError('not_found', `there is no file ${JSON.stringify(path)}`)
      return new Uint8Array(Buffer.from(content, 'base64'))
    },
    list: async () => served(await (await alive()).ask({ type: 'list' }, 'listed')).files,
    async remove(path) {
      served(await (await alive()).ask({ type: 'remove', path }, 'content'))
      given.delete(path)
    },
  }
  return {
    files,
    async ready() {
      await alive()
    },
    close() {
      isClosed = true
      return guest.kill()
    },
    async run(code, { request, signal, emit }) {
      const running = guest
      programs += 1
      const number = programs
      let timer: NodeJS.Timeout | undefined
      const stop = () => {
        running.interrupt(number)
        timer = setTimeout(() => {
          emit({ type: 'status', status: 'killed' })
          void running.kill()
        }, GRACE_MS)
      }
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      const memoryBytes = request.limits?.memoryBytes ?? DEFAULT_MEMORY_BYTES
      const ended = await running.ask({ type: 'execute', number, code, memoryBytes }, 'ended', emit)
      clearTimeout(timer)
      // Who told it to stop knows the reason.
      const stopped = signal.aborted ? { reason: undefined } : {}
      if (ended === undefined) {
        revive()
        return { reason: 'crashed', state: 'lost', ...stopped }
      }
      for (const file of ended.files) emit({ type: 'file', file })
      return { ...ended.ran, ...stopped }
    },
  }
}

async function put(guest: GuestProcess, { path, content, aliases = [] }: FileInput): Promise<void> {
  const base64 = Buffer.from(content).toString('base64')
  served(await guest.ask({ type: 'put', paths: [path, ...aliases], content: base64 }, 'content'))
}

function served<Value>(answer: Value | undefined): Value {
  if (answer !== undefined) return answer
  throw new ExecutorError('session_lost', 'the interpreter ended before it served a file', { started: 'no' })
}
