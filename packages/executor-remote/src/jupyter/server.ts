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
  /** Stops what was started for us alone. */
  stop(): Promise<void>
}

/** The server of an endpoint; where that is a Hub's, the named server is started, which takes seconds. Rejects with `ExecutorError`. */
export async function openServer(settings: Settings): Promise<Server> {
  const credentials = createCredentials(settings)
  const rest = createRest(settings, credentials)
  const { hub } = settings
  if (hub === undefined) return { settings, credentials, rest, base: settings.endpoint, stop: () => Promise.resolve() }
  const named = await startNamedServer(rest, settings.endpoint, hub)
  const ownCredentials = createCredentials({ token: named.token ?? settings.token, headers: settings.headers })
  return {
    settings,
    credentials: ownCredentials,
    rest: createRest(settings, ownCredentials, named.base),
    base: named.base,
    stop: named.stop,
  }
}
