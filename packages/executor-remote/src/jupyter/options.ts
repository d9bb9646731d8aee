import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { type Capabilities, type Isolation, type Limits, OptionsError } from '@interloop/core/executor'

/** How `jupyterExecutor` reaches a server, and what whoever deployed it vouches for. */
export interface JupyterOptions {
  /** Of a Jupyter Server, a Kernel Gateway, an Enterprise Gateway or, with `hub`, a JupyterHub: `https://jupyter.example/base`. No token belongs into it. */
  readonly endpoint: string | URL
  /** By value, or a function that is asked before the first request and again when the server refuses what it gave. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Name of the kernelspec. @default 'python3' */
  readonly kernel?: string | undefined
  /** Sent with every request, beside the token's. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Allows an endpoint that is no loopback address without TLS or without a token. @default false */
  readonly insecure?: boolean | undefined
  /** The endpoint is a JupyterHub: a named server of this user's is started. `server` is '' for the default one; `stop` stops it at disposal. */
  readonly hub?: { readonly user: string; readonly server?: string | undefined; readonly stop?: boolean | undefined } | undefined
  /** Vouched for by whoever deployed it: a program can read a plain server's token and all connection files. @default 'none' */
  readonly isolation?: Isolation | undefined
  /** @default 'unknown' */
  readonly network?: Capabilities['network'] | undefined
  /** 'contents' only where kernel and server have the same rights: the server follows links that a program made (remote.md 9). @default 'kernel' */
  readonly files?: 'contents' | 'kernel' | undefined
  /** Folder on the server in which the folders of sessions are made. @default the server's root */
  readonly folder?: string | undefined
  /** PEM. `ca` is trusted beside nothing else; `cert` and `key` are ours, where the server wants them; `servername` is what its certificate is compared with. */
  readonly tls?:
    | {
        readonly ca?: string | undefined
        readonly cert?: string | undefined
        readonly key?: string | undefined
        readonly servername?: string | undefined
      }
    | undefined
  /** An agent of `node:http` or `node:https` that the connections go through. */
  readonly agent?: unknown
  /** How long a line may be down before `session_lost`, milliseconds; while a program runs at most until its deadline and `stopMs`. @default 60000 */
  readonly maxDownMs?: number | undefined
  /** After this time a kernel whose owner was not heard empties itself, milliseconds. @default 900000 */
  readonly orphanMs?: number | undefined
  /** For all sessions; those of a session or a request go before them. */
  readonly limits?: Limits | undefined
  /** Kernels kept warm, each for one session. @default 0 */
  readonly pool?: number | undefined
  /** Modules that are imported in each kernel before its first program. */
  readonly imports?: readonly string[] | undefined
}

/** Options with their defaults. */
export interface Settings extends JupyterOptions {
  /** Without a slash at its end, without user, query and hash. */
  readonly endpoint: URL
  readonly kernel: string
  readonly files: 'contents' | 'kernel'
  readonly folder: string
  readonly maxDownMs: number
  readonly orphanMs: number
  readonly pool: number
  readonly imports: readonly string[]
}

/** Throws `OptionsError` where an option cannot be right. */
export function checkOptions(options: JupyterOptions): Settings {
  const endpoint = endpointOf(options)
  checkPositive('maxDownMs', options.maxDownMs)
  checkPositive('orphanMs', options.orphanMs)
  checkTls(options)
  for (const [name, value] of Object.entries(options.limits ?? {})) checkPositive(`limits.${name}`, value)
  const pool = options.pool ?? 0
  if (!Number.isInteger(pool) || pool < 0) throw new OptionsError('pool', `pool must be a whole number, 0 or more, got ${pool}`)
  const wrong = (options.imports ?? []).find((name) => !/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(name))
  if (wrong !== undefined) throw new OptionsError('imports', `imports must be names of modules, got ${JSON.stringify(wrong)}`)
  const folder = (options.folder ?? '').replace(/^\/+|\/+$/g, '')
  if (folder.split('/').includes('..'))
    throw new OptionsError('folder', `folder must not contain .., got ${JSON.stringify(options.folder)}`)
  return {
    ...options,
    endpoint,
    kernel: options.kernel ?? 'python3',
    files: options.files ?? 'kernel',
    folder,
    maxDownMs: options.maxDownMs ?? 60_000,
    orphanMs: options.orphanMs ?? 15 * 60_000,
    pool,
    imports: options.imports ?? [],
  }
}

/** Whether a host name is a loopback address by itself; `localhost` is a name, which may lead elsewhere. */
export function isLoopbackLiteral(hostname: string): boolean {
  return hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function endpointOf({ endpoint, token, insecure }: JupyterOptions): URL {
  if (!URL.canParse(String(endpoint))) throw new OptionsError('endpoint', 'endpoint must be a URL of a Jupyter server')
  const url = new URL(endpoint)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OptionsError('endpoint', `endpoint must be an http or https URL, got ${url.protocol}//${url.host}`)
  }
  // What stands in it would be sent, logged and told (remote.md 1.1).
  if (url.username !== '' || url.password !== '' || url.searchParams.size > 0) {
    throw new OptionsError('endpoint', 'endpoint must hold no user, password, token or query: say the token as the option token')
  }
  if (insecure !== true && !isLoopbackLiteral(url.hostname)) {
    if (url.protocol !== 'https:') {
      throw new OptionsError(
        'endpoint',
        `endpoint must be https unless its host is a loopback address, got ${url.origin}; insecure: true allows it`,
      )
    }
    if (token === undefined || token === '') {
      throw new OptionsError(
        'token',
        `token must be given for ${url.origin}, which is no loopback address; insecure: true allows to go without`,
      )
    }
  }
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

function checkTls({ tls }: JupyterOptions): void {
  if (tls === undefined) return
  if ((tls.cert === undefined) !== (tls.key === undefined)) throw new OptionsError('tls', 'tls.cert and tls.key must be given together')
  try {
    createSecureContext(tls)
    // What is no certificate is passed over there.
    if (tls.ca !== undefined) new X509Certificate(tls.ca)
  } catch (error) {
    const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new OptionsError('tls', `tls must hold certificates and keys as PEM, which Node can read (${detail})`)
  }
}

function checkPositive(option: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new OptionsError(option, `${option} must be a positive number, got ${value}`)
}
