import { KernelManager, ServerConnection } from '@jupyterlab/services'
import type { Arm } from './remote-arm.ts'

/** JupyterLab's own client, as its documentation shows it for Node. */
export function jupyterlabArm(url: string, token: string): Arm {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${url}/`,
    wsUrl: `${url.replace(/^http/, 'ws')}/`,
    token,
    appendToken: true,
  })
  const manager = new KernelManager({ serverSettings })
  return {
    name: '@jupyterlab/services',
    async open() {
      const kernel = await manager.startNew({ name: 'python3' })
      return {
        async run(code) {
          const future = kernel.requestExecute({ code, stop_on_error: false })
          let output = ''
          future.onIOPub = ({ header, content }) => {
            if (header.msg_type === 'stream' && 'text' in content) output += content.text
          }
          const reply = await future.done
          if (reply.content.status !== 'ok') throw new Error(`the program failed: ${reply.content.status}`)
          return output.length
        },
        async close() {
          await kernel.shutdown()
          kernel.dispose()
        },
      }
    },
    async close() {
      manager.dispose()
    },
  }
}
