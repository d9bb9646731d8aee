// What docs/deploy.md says of the settings beside it.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { jupyterExecutor } from '../src/index.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import { until } from './servers/processes.ts'
import type { ServerProcess } from './servers/server-process.ts'
import { run } from './started.ts'

const missing = await missingServer('new')
const CONFIG = `--config=${join(import.meta.dirname, '../../../docs/deploy/jupyter_server_config.py')}`

describe.skipIf(missing)(`the server's settings of docs/deploy${missing ? ` (${missing})` : ''}`, () => {
  test('run programs over sockets that are files, without terminals, and drop no output', async () => {
    await using server = await jupyterServer({ generation: 'new', settings: [CONFIG] })
    await using executor = jupyterExecutor({ endpoint: server.url, token: server.token })
    await using session = await executor.createSession()
    expect(await run(session, "import ipykernel\nipykernel.get_connection_info(unpack=True)['transport']")).toMatchObject({
      value: { data: { 'text/plain': "'ipc'" } },
    })
    const { stdout, error } = await run(session, 'for line in range(8000): print(line, flush=True)\n1 / 0')
    expect({ lines: stdout.split('\n').length, error: error?.name }).toEqual({ lines: 8001, error: 'ZeroDivisionError' })
    expect((await server.rest('GET', '/api/terminals')).status).toBe(404)
  })

  // Whether a broken handshake leaves a wrong count is a race inside the server, in which nobody else has a part: the test needs one kernel that has it.
  test('cull a kernel that nobody ended, even where broken lines have left a wrong count of connections', { retry: 3 }, async () => {
    const soon = ['--MappingKernelManager.cull_idle_timeout=2', '--MappingKernelManager.cull_interval=1']
    await using server = await jupyterServer({ generation: 'new', settings: [CONFIG, ...soon] })
    const startup = join(server.folder, '../ipython/profile_default/startup')
    mkdirSync(startup, { recursive: true })
    writeFileSync(join(startup, 'slow.py'), 'import time; time.sleep(2)')
    const made = await server.rest('POST', '/api/kernels', { name: 'python3', path: '' })
    const { id } = (await made.json()) as { readonly id: string }
    await breakHandshake(server, id)
    const counts = new Set<number>()
    await until('the culling', async () => {
      const answer = await server.rest('GET', `/api/kernels/${id}`)
      if (answer.ok) counts.add(((await answer.json()) as { readonly connections: number }).connections)
      return answer.status === 404
    })
    expect([...counts]).toContain(-1)
  })
})

/** Asks for a WebSocket and goes away before the server, which waits for the kernel, has answered. */
async function breakHandshake(server: ServerProcess, kernelId: string): Promise<void> {
  const { url, token } = server
  const request = [
    `GET /api/kernels/${kernelId}/channels HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Authorization: token ${token}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ]
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`${request.join('\r\n')}\r\n\r\n`)
  // The server has one thread: where it has answered two later requests, it has read this one and waits for the kernel.
  await server.rest('GET', '/api/status')
  await server.rest('GET', '/api/status')
  socket.end()
  await once(socket.resume(), 'close')
}
