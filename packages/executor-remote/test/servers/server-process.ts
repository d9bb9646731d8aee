import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askOverTls, type ClientTls } from './certificates.ts'
import { killProcess, processesNaming, until } from './processes.ts'

/** A real server in a process of its own, on 127.0.0.1, with folders of its own. Disposing it ends it and its kernels. */
export interface ServerProcess extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, `https` with TLS, without a path; the same after a restart. */
  readonly url: string
  readonly token: string
  /** What the server serves, and where its kernels start. */
  readonly folder: string
  /** Of the server; undefined where it does not run. */
  readonly pid: number | undefined
  /** The last 20,000 characters that it printed. */
  readonly log: string
  /** The running kernels: the process of each by its Jupyter id. */
  kernels(): Promise<ReadonlyMap<string, number>>
  /** SIGKILL; its kernels notice by themselves, some seconds later. */
  kill(): Promise<void>
  /** SIGTERM, and the end of it: a drain. */
  stop(): Promise<void>
  /** The process stands still, its sockets open (SIGSTOP), until `thaw`. */
  freeze(): void
  thaw(): void
  /** Starts again on the same port, stopping first where it runs. */
  restart(): Promise<void>
  /** A REST call, as somebody else would make it: `path` begins with `/api`. */
  rest(method: string, path: string, body?: unknown): Promise<Response>
}

/** How one kind of server is started. */
export interface ServerProgram {
  readonly python: string
  /** Of `python`: `-m jupyter_server …`. */
  arguments(place: ServerPlace): readonly string[]
  /** The variable that hands the token over; it stands in no command line. */
  readonly tokenVariable: string
  /** More of its environment. */
  environment?(place: ServerPlace): Readonly<Record<string, string>>
  /** Answers 200 once it is ready. @default '/api' */
  readonly readyPath?: string | undefined
  /** It serves TLS alone; with this it is asked. */
  readonly tls?: ClientTls | undefined
}

/** Where a server listens and works. */
export interface ServerPlace {
  readonly port: number
  readonly folder: string
  /** Whatever names this folder in its command is ended with the server. */
  readonly runtime: string
}

/** Starts a server and waits until it answers. Rejects with what it printed where it ends before. */
export async function startServer(program: ServerProgram): Promise<ServerProcess> {
  // The real path, since kernels are recognized by it.
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'interloop-server-')))
  const runtime = join(home, 'runtime')
  const folder = join(home, 'work')
  for (const path of [runtime, folder, join(home, 'temporary')]) mkdirSync(path)
  const token = randomBytes(16).toString('hex')
  const port = await freePort()
  const url = `${program.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let log = ''

  async function rest(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `token ${token}`, 'content-type': 'application/json' }
    const sent = body === undefined ? undefined : JSON.stringify(body)
    if (program.tls !== undefined) return askOverTls(url + path, { method, headers, ...program.tls }, sent)
    return fetch(url + path, { method, headers, ...(sent !== undefined && { body: sent }) })
  }

  async function start(): Promise<void> {
    const place = { port, folder, runtime }
    const started = spawn(program.python, program.arguments(place), {
      cwd: folder,
      env: environment(home, runtime, { ...program.environment?.(place), [program.tokenVariable]: token }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    // A test process that ends before it disposes takes its server along; kernels notice by themselves.
    const kill = () => started.kill('SIGKILL')
    process.once('exit', kill)
    started.on('exit', () => {
      process.off('exit', kill)
      if (child === started) child = undefined
    })
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-20_000)
      })
    }
    await until(
      `a server on ${url}`,
      async () => {
        if (!child) throw new Error(`the server ended before it answered:\n${log}`)
        return rest('GET', program.readyPath ?? '/api').then(
          ({ ok }) => ok,
          () => false,
        )
      },
      60_000,
    )
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!child) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }

  async function dispose(): Promise<void> {
    await end('SIGKILL')
    // Kernels of a killed server, and their children, need seconds to notice; the folder would vanish below them.
    await until('the end of the kernels', async () => {
      const left = await processesNaming(runtime)
      for (const { pid } of left) killProcess(pid)
      return left.length === 0
    })
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }

  try {
    await start()
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    url,
    token,
    folder,
    get pid() {
      return child?.pid
    },
    get log() {
      return log
    },
    rest,
    async kernels() {
      const found = await processesNaming(runtime)
      return new Map(
        found.flatMap(({ pid, command }) => {
          const id = /kernel-([0-9a-f-]{36})\.json/.exec(command)?.[1]
          return id ? [[id, pid] as const] : []
        }),
      )
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async restart() {
      await end('SIGTERM')
      await start()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** Nothing of this machine's Jupyter and Python settings; all folders private. */
function environment(home: string, runtime: string, own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(JUPYTER|IPYTHON|PYTHON|KG_|EG_|KERNEL_|MPL)/.test(name))
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    JUPYTER_CONFIG_DIR: join(home, 'config'),
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_RUNTIME_DIR: runtime,
    IPYTHONDIR: join(home, 'ipython'),
    MPLCONFIGDIR: join(home, 'matplotlib'),
    // What kernels that were killed leave there goes with the server.
    TMPDIR: join(home, 'temporary'),
    JUPYTER_PLATFORM_DIRS: '1',
    PYTHONUNBUFFERED: '1',
    ...own,
  }
}

/** Jupyter does not tell which port it took when asked for any; one that was free a moment ago is asked for by number. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port on 127.0.0.1')
  return address.port
}
