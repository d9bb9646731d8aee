import { type Executor, withFallback } from '@interloop/core/executor'
import { jupyterExecutor, localExecutor } from '../src/index.ts'

/** A Jupyter server and the CPython of this machine. The server's environment has `tornado`, this machine's `chess`, and the other one has not. */
export function fallbackOver(order: string, server: { readonly url: string; readonly token: string }): Executor {
  // What a deployer would vouch for: otherwise nothing would move there.
  const remote = jupyterExecutor({ endpoint: server.url, token: server.token, isolation: 'sandbox', network: 'none' })
  const local = localExecutor({ packages: ['chess'] })
  return order === 'remote-first' ? withFallback(remote, local) : withFallback(local, remote)
}
