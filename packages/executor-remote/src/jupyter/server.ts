import { type Credentials, createCredentials } from './credentials.ts'
import type { Settings } from './options.ts'
import { createRest, type Rest } from './rest.ts'

/** A server that kernels are started on. */
export interface Server {
  readonly settings: Settings
  readonly credentials: Credentials
  readonly rest: Rest
  /** Where its REST and its sockets are: the endpoint, or a Hub's named server. */
  readonly base: URL
}

/** The server of an endpoint. */
export function createServer(settings: Settings): Server {
  const credentials = createCredentials(settings)
  return { settings, credentials, rest: createRest(settings, credentials), base: settings.endpoint }
}
