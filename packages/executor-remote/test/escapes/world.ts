import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What there is to find outside a confinement: files, servers, a process. */
export interface World {
  /** For the attempts: where to look, and what shows that it was found. */
  given(): Readonly<Record<string, string | number>>
  /** An open descriptor of the secret file. */
  readonly secretDescriptor: number
  /** A secret of the environment, by the name of its variable. */
  readonly environment: Readonly<Record<string, string>>
  /** The canary was not harmed. */
  isCanaryAlive(): boolean
  /** Files that somebody wrote into the folder that everybody may write. */
  written(): Promise<readonly string[]>
  /** Connections and datagrams that reached a server. */
  visits(): number
  /** Starts another canary where an attempt had to get it. */
  renew(): Promise<void>
  close(): Promise<void>
}

/** Makes one; `user` owns the canary, so that nothing but a confinement keeps a process of that user from it. */
export async function makeWorld(user: number | undefined): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'interloop-world-'))
  await chmod(folder, 0o755)
  const openFolder = join(folder, 'open')
  await mkdir(openFolder)
  await chmod(openFolder, 0o777)
  const secret = randomUUID()
  const secretFile = join(folder, 'secret')
  await writeFile(secretFile, secret, { mode: 0o644 })
  const descriptor = await open(secretFile)
  const environmentSecret = randomUUID()
  const canaryName = `canary-${randomUUID()}`
  let canary = startCanary(canaryName, user, environmentSecret)
  let visits = 0
  const greet = () => {
    visits += 1
  }
  const abstractName = `interloop-${randomUUID()}`
  const unixPath = join(folder, 'socket')
  const servers = await Promise.all([
    listen({ host: '127.0.0.1', port: 0 }, greet),
    listen({ path: unixPath }, greet),
    listen({ path: `\0${abstractName}` }, greet),
  ])
  await chmod(unixPath, 0o777)
  const datagrams = createSocket('udp4')
  datagrams.on('message', (_, sender) => {
    greet()
    datagrams.send('hello', sender.port, sender.address)
  })
  datagrams.bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  return {
    given: () => ({
      secret,
      secretFile,
      openFolder,
      environmentSecret,
      canaryPid: canary.pid ?? 0,
      canaryReversed: [...canaryName].reverse().join(''),
      tcpPort: (servers[0].address() as AddressInfo).port,
      udpPort: datagrams.address().port,
      unixPath,
      abstractName,
    }),
    secretDescriptor: descriptor.fd,
    environment: { INTERLOOP_TEST_SECRET: environmentSecret },
    isCanaryAlive: () => isAlive(canary),
    written: () => readdir(openFolder),
    visits: () => visits,
    renew: async () => {
      for (const name of await readdir(openFolder)) await rm(join(openFolder, name), { recursive: true })
      visits = 0
      if (isAlive(canary)) return
      canary = startCanary(canaryName, user, environmentSecret)
    },
    close: async () => {
      canary.kill('SIGKILL')
      datagrams.close()
      for (const server of servers) server.close()
      await descriptor.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function startCanary(name: string, user: number | undefined, secret: string): ChildProcess {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)', name], {
    env: { INTERLOOP_TEST_SECRET: secret },
    cwd: '/',
    stdio: 'ignore',
    ...(user !== undefined && { uid: user, gid: user }),
  })
}

async function listen(
  where: { readonly host: string; readonly port: number } | { readonly path: string },
  greet: () => void,
): Promise<Server> {
  const server = createServer((socket) => {
    greet()
    socket.on('error', () => {})
    socket.end('hello')
  })
  server.listen(where)
  await once(server, 'listening')
  return server
}

/** The processes of this machine that have this in their command line. */
export async function processesWith(marker: string): Promise<readonly number[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return processes.filter((_, index) => lines[index]?.includes(marker)).map(Number)
}
