import type { Certificate } from './certificates.ts'
import { type PythonSet, pythonEnvironment } from './python-environment.ts'
import { type ServerProcess, startServer } from './server-process.ts'

/** `new`: Jupyter Server 2.21 with ipykernel 7; `old`: 1.23 with ipykernel 6.17. */
export type Generation = 'new' | 'old'

/** Those that tests run against: both in continuous integration or with INTERLOOP_LONG, which take twice the time; otherwise the newest. */
export const GENERATIONS: readonly Generation[] =
  process.env['CI'] === undefined && process.env['INTERLOOP_LONG'] === undefined ? ['new'] : ['new', 'old']

/** How a Jupyter Server of the tests is started. */
export interface JupyterServerOptions {
  readonly generation: Generation
  /** More of its command line: `--MappingKernelManager.cull_idle_timeout=2`. */
  readonly settings?: readonly string[] | undefined
  /** It serves TLS with this certificate, and is asked with it. */
  readonly certificate?: Certificate | undefined
  /** Wants a client's certificate too, the same. */
  readonly wantsCertificate?: boolean | undefined
  /** Its kernels are those of this gateway (gateway mode). */
  readonly gateway?: Pick<ServerProcess, 'url' | 'token'> | undefined
}

/** A real Jupyter Server. Rejects where it cannot be installed: ask `missingServer` first, and skip. */
export async function jupyterServer(options: JupyterServerOptions): Promise<ServerProcess> {
  const { generation, settings = [], certificate, wantsCertificate = false, gateway } = options
  return startServer({
    python: await installed(generation),
    tokenVariable: 'JUPYTER_TOKEN',
    tls: certificate && {
      ca: certificate.cert,
      servername: certificate.name,
      ...(wantsCertificate && { cert: certificate.cert, key: certificate.key }),
    },
    environment: () => (gateway === undefined ? {} : { JUPYTER_GATEWAY_AUTH_TOKEN: gateway.token }),
    arguments: ({ port, folder }) => [
      ...['-m', 'jupyter_server', '--allow-root', '--no-browser', '--ServerApp.ip=127.0.0.1'],
      ...[
        `--ServerApp.port=${port}`,
        '--ServerApp.port_retries=0',
        `--ServerApp.root_dir=${folder}`,
        '--ServerApp.terminals_enabled=False',
      ],
      ...(certificate ? [`--ServerApp.certfile=${certificate.certFile}`, `--ServerApp.keyfile=${certificate.keyFile}`] : []),
      ...(certificate && wantsCertificate ? [`--ServerApp.client_ca=${certificate.certFile}`] : []),
      ...(gateway === undefined ? [] : [`--gateway-url=${gateway.url}`]),
      ...settings,
    ],
  })
}

/** A real Kernel Gateway 3.0.1, with ipykernel 6.31. It has no contents API, one folder for all kernels, and lists none. */
export async function kernelGateway(options: { readonly settings?: readonly string[] | undefined } = {}): Promise<ServerProcess> {
  return startServer({
    python: await installed('gateway'),
    tokenVariable: 'KG_AUTH_TOKEN',
    // Kernels that are started with an environment, as gateway mode does, get nothing else of it.
    environment: () => ({ KG_ENV_PROCESS_WHITELIST: 'TMPDIR' }),
    arguments: ({ port }) => [
      ...[
        '-m',
        'kernel_gateway',
        '--KernelGatewayApp.ip=127.0.0.1',
        `--KernelGatewayApp.port=${port}`,
        '--KernelGatewayApp.port_retries=0',
      ],
      ...(options.settings ?? []),
    ],
  })
}

/**
 * A real Enterprise Gateway 3.2, whose kernels are processes of this machine. It is the newest that is published, and stands on Jupyter
 * Server 1.24 with ipykernel 6.29.
 */
export async function enterpriseGateway(options: { readonly settings?: readonly string[] | undefined } = {}): Promise<ServerProcess> {
  return startServer({
    python: await installed('enterprise'),
    tokenVariable: 'EG_AUTH_TOKEN',
    // Kernels of root are refused otherwise, and tests may run as root.
    environment: () => ({ EG_UNAUTHORIZED_USERS: 'nobody' }),
    arguments: ({ port }) => [
      ...['-m', 'enterprise_gateway', '--EnterpriseGatewayApp.ip=127.0.0.1', `--EnterpriseGatewayApp.port=${port}`],
      '--EnterpriseGatewayApp.port_retries=0',
      ...(options.settings ?? []),
    ],
  })
}

/**
 * Why tests with these servers cannot run here, to be put into their names; undefined where they can. Installs them once, which
 * takes about ten seconds; says on stderr what is skipped.
 */
export async function missingServer(...sets: readonly PythonSet[]): Promise<string | undefined> {
  for (const set of sets) {
    const environment = await pythonEnvironment(set)
    if ('missing' in environment) {
      console.warn(environment.missing)
      return environment.missing
    }
  }
  return undefined
}

async function installed(set: PythonSet): Promise<string> {
  const environment = await pythonEnvironment(set)
  if ('missing' in environment) throw new Error(environment.missing)
  return environment.python
}
