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
}

/** A real Jupyter Server. Rejects where it cannot be installed: ask `missingServer` first, and skip. */
export async function jupyterServer({ generation, settings = [] }: JupyterServerOptions): Promise<ServerProcess> {
  return startServer({
    python: await installed(generation),
    tokenVariable: 'JUPYTER_TOKEN',
    arguments: ({ port, folder }) => [
      ...['-m', 'jupyter_server', '--allow-root', '--no-browser', '--ServerApp.ip=127.0.0.1'],
      ...[
        `--ServerApp.port=${port}`,
        '--ServerApp.port_retries=0',
        `--ServerApp.root_dir=${folder}`,
        '--ServerApp.terminals_enabled=False',
      ],
      ...settings,
    ],
  })
}

/** A real Kernel Gateway 3.0.1, with ipykernel 6.31. It has no contents API, one folder for all kernels, and lists none. */
export async function kernelGateway(options: { readonly settings?: readonly string[] | undefined } = {}): Promise<ServerProcess> {
  return startServer({
    python: await installed('gateway'),
    tokenVariable: 'KG_AUTH_TOKEN',
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
