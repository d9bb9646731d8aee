import type { Executor, Session } from '../../src/executor/index.ts'
import { pythonExecutor } from '../reference/python-executor.ts'
import { type Registry, resumable } from '../resumable-toy.ts'
import type { BrokenExecutor } from './broken-executor.ts'

const TOLD = 'tells a reference of a session: plain JSON, under the name of the executor'
const TAKEN_OVER = 'takes a session over by its reference: variables, files, generation and keys'
const FENCED = 'fences the owner before: what it asks for does not run, and its disposal ends nothing'
const LOST = 'throws session_lost for a reference to a session that is gone, or to none'

/** Executors whose references lead to something else. */
export const brokenReferences: readonly BrokenExecutor[] = [
  broken('names another executor in its references', [TOLD, TAKEN_OVER, FENCED], (executor) => ({
    async createSession(options) {
      const session = await executor.createSession(options)
      return changed(session, { ref: { executor: 'inner', id: session.id, generation: session.generation } })
    },
  })),
  broken('lets two owners use one session', [FENCED], (executor, registry) => ({
    async resumeSession(ref) {
      const known = ref.executor === executor.name ? registry.get(ref.id) : undefined
      return known?.session ?? executor.resumeSession(ref)
    },
  })),
  broken('gives a fresh session for any reference', [TAKEN_OVER, FENCED, LOST], (executor) => ({
    resumeSession: () => executor.createSession(),
  })),
  broken('gives a session that was taken over another id', [TAKEN_OVER], (executor) => ({
    resumeSession: async (ref) => changed(await executor.resumeSession(ref), { id: crypto.randomUUID() }),
  })),
]

type Resumable = Executor & Required<Pick<Executor, 'resumeSession'>>

/** The reference executor with sessions that can be resumed, but for what is changed. Its instances reach the same sessions. */
function broken(
  name: string,
  caught: readonly string[],
  change: (executor: Resumable, registry: Registry) => Partial<Executor>,
): BrokenExecutor {
  const registry: Registry = new Map()
  return {
    name,
    subjects: ['references'],
    caught,
    create() {
      const executor = resumable(pythonExecutor(), registry)
      return { ...executor, ...change(executor, registry) }
    },
  }
}

function changed(session: Session, change: Partial<Session>): Session {
  const same = Object.defineProperties({}, Object.getOwnPropertyDescriptors(session))
  return Object.defineProperties(same, Object.getOwnPropertyDescriptors(change)) as Session // a session with other members
}
