import type { PrepareProgress } from '@interloop/core/executor'
import { type Credentials, createCredentials } from './credentials.ts'
import { startNamedServer } from './hub.ts'
import type { Settings } from './options.ts'
import { createRest, type Rest } from './rest.ts'

/** A server that kernels are started on. */
export interface Server {
  readonly settings: Settings
  readonly credentials: Credentials
  readonly rest: Rest
  /** Where its REST and its sockets are: the endpoint, or a Hub's named server. */
  readonly base: URL
  /** Whether it is certain that the server was stopped, by a Hub that says so: its kernels are gone with it. Never rejects. */
  isStopped(): Promise<boolean>
  /** Starts a Hub's server that was stopped; others are nobody's to start. Rejects with `ExecutorError`. */
  startAgain(): Promise<void>
  /** Stops what was started for us alone. */
  stop(): Promise<void>
}

/** The server of an endpoint; where that is a Hub's, the named server is started, which takes seconds. Rejects with `ExecutorError`. */
export async function openServer(settings: Settings, onProgress: (progress: PrepareProgress) => void): Promise<Server> {
  const credentials = createCredentials(settings)
  const rest = createRest(settings, credentials)
  const { hub, endpoint } = settings
  if (hub === undefined) return { settings, credentials, rest, base: endpoint, ...NOT_OURS }
  const named = await startNamedServer({ rest, endpoint, hub, onProgress })
  const ownCredentials = createCredentials({ token: named.token ?? settings.token, headers: settings.headers })
  return {
    settings,
    credentials: ownCredentials,
    rest: createRest(settings, ownCredentials, named.base),
    base: named.base,
    isStopped: named.isStopped,
    startAgain: named.startAgain,
    stop: named.stop,
  }
}

/** A server whose life is somebody else's matter. */
const NOT_OURS: Pick<Server, 'isStopped' | 'startAgain' | 'stop'> = {
  isStopped: () => Promise.resolve(false),
  startAgain: () => Promise.resolve(),
  stop: () => Promise.resolve(),
}
