// What docs/deploy.md shows. Compiled, never run: it names servers that are nowhere.
import { jupyterExecutor } from '@interloop/executor-remote'

declare function readSecret(name: string): Promise<string>

export function vouchedFor() {
  const executor = jupyterExecutor({
    endpoint: 'https://kernels.example',
    token: () => readSecret('kernels'),
    isolation: 'container', // one tenant for each container, as below
    network: 'none', // by a policy that was tried, as below
  })
  return executor
}

export function ofHub(token: string) {
  const executor = jupyterExecutor({ endpoint: 'https://hub.example', token, hub: { user: 'loops', server: 'tenant-7', stop: true } })
  return executor
}
