import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonEnvironment } from './python-environment.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

/** The one user whose servers the token may start and use. */
export const HUB_USER = 'loops'

/**
 * A real JupyterHub 5 with its Node proxy; named servers are processes of this user. `url` is the Hub's, below which
 * `/hub/api` answers; `token` is a service's, with the scopes of docs/deploy.
 */
export async function jupyterHub(): Promise<ServerProcess> {
  const environment = await pythonEnvironment('hub')
  if ('missing' in environment) throw new Error(environment.missing)
  const [hubPort, proxyPort] = [await freePort(), await freePort()]
  return startServer({
    python: environment.python,
    tokenVariable: 'INTERLOOP_HUB_TOKEN',
    readyPath: '/hub/api',
    arguments: () => ['-m', 'jupyterhub', `--config=${join(import.meta.dirname, 'jupyterhub_config.py')}`],
    environment: ({ port, folder }) => ({
      INTERLOOP_HUB_URL: `http://127.0.0.1:${port}`,
      INTERLOOP_HUB_API_URL: `http://127.0.0.1:${hubPort}`,
      INTERLOOP_HUB_PROXY_API_URL: `http://127.0.0.1:${proxyPort}`,
      INTERLOOP_HUB_PROXY: fileURLToPath(import.meta.resolve('configurable-http-proxy/bin/configurable-http-proxy')),
      INTERLOOP_NODE: process.execPath,
      INTERLOOP_HUB_FOLDER: folder,
    }),
  })
}
