import { type FileSystem, GuestAbort, GuestExit, type Host, SandboxViolation } from '../host/host.ts'
import { beginExecution, type Execution, type Lost } from './execution.ts'
import { serveFiles } from './file-requests.ts'
import type { Frame } from './frames.ts'
import { type GuestPort, type GuestSystem, ParentGone } from './guest-port.ts'
import type { Interpreter, InterpreterOptions } from './interpreter.ts'
import type { ProgramLimits, Request, StartWishes } from './messages.ts'
import { servePackages } from './package-requests.ts'
import { ChannelBroken, createPythonChannel } from './python-channel.ts'
import { openWorkingFolder, WORKING_FOLDER } from './working-folder.ts'

/** What a guest is made of. */
export interface GuestParts {
  readonly port: GuestPort
  readonly system: GuestSystem
  readonly wishes: StartWishes
  /** Starts an interpreter from the image; `prepare` gets each of its file systems when it is empty. */
  openInterpreter(options: InterpreterOptions, prepare: (fileSystem: FileSystem) => void): Interpreter
}

/** What the program sees of an environment. */
const ENVIRONMENT: Readonly<Record<string, string>> = { HOME: '/home/user', LANG: 'C.UTF-8', PATH: '/usr/bin', TMPDIR: '/tmp', TZ: 'UTC' }

/** Changed files that are told in one frame. */
const PAGE_FILES = 1_000

/**
 * What runs beside the interpreter, from its start to its end: a frame in, the interpreter driven, frames out, all in one turn,
 * so that nothing can be queued by a program. Returns when the interpreter is over; throws `ParentGone` when the parent is.
 */
export function runGuest({ port, system, wishes, openInterpreter }: GuestParts): void {
  let execution: Execution | undefined
  let memoryLimit = wishes.limits.memoryBytes
  const channel = createPythonChannel(hear, waitForAnswer)
  const files = serveFiles(port, () => folder)
  const packages = servePackages(port, system, () => interpreter.host.fileSystem)
  const interpreter = openInterpreter(
    {
      environment: ENVIRONMENT,
      get maxMemoryBytes() {
        return memoryLimit
      },
      clock: system,
      randomFill: system.randomFill,
      wait(ms) {
        execution?.flush()
        system.wait(ms)
      },
      dueSignal: () => execution?.dueSignal() ?? 0,
      isLibraryAllowed: packages.isAllowed,
    },
    prepare,
  )
  let folder = openWorkingFolder(interpreter.host.fileSystem, system)
  startPython()
  if (wishes.isRehearsed) rehearse()
  port.send({ type: 'ready', memoryBytes: interpreter.host.memoryBytes() })
  let isOver = false
  while (!isOver) handle(port.receive())

  function prepare(fileSystem: FileSystem): void {
    for (const path of [WORKING_FOLDER, '/home/user', '/tmp']) fileSystem.makeFolder(path)
    fileSystem.setWorkingFolder(WORKING_FOLDER)
    fileSystem.setDevice(0, { read: () => 0 })
    fileSystem.setDevice(1, { write: (bytes) => execution?.write('stdout', bytes) })
    fileSystem.setDevice(2, { write: (bytes) => execution?.write('stderr', bytes) })
    fileSystem.setDevice(3, channel.device)
  }
  function startPython(): void {
    channel.lay({ type: 'start', folder: WORKING_FOLDER, environment: ENVIRONMENT })
    if (!interpreter.host.run(TICK)) throw new Error('the interpreter did not start')
    folder.changes() // what the start made is no change of a program
  }
  /** What it leaves in the interpreter is taken back; what was compiled for it stays. */
  function rehearse(): void {
    const muted: GuestPort = { ...port, receiveWithin: () => undefined, send: () => {} }
    for (const [index, code] of REHEARSAL.entries()) {
      const number = index + 1
      execution = beginExecution(number, REHEARSAL_LIMITS, { port: muted, system, memoryBytes: () => 0, serve: () => {} })
      channel.lay({ type: 'execute', number, code, displayBytes: REHEARSAL_LIMITS.displayBytes, toolCalls: 0 })
      const lost = runProgram(interpreter.host)
      execution = undefined
      if (lost !== undefined) throw new Error(`the interpreter failed in its rehearsal: ${lost.detail}`)
    }
    refresh()
  }
  function hear(message: Readonly<Record<string, unknown>>): void {
    if (execution !== undefined) execution.hear(message)
    else if (message['type'] !== 'ready') throw new ChannelBroken('a message came while no program ran')
  }
  /** Frames are handled meanwhile; comes back when one answered a tool, a signal is due, or the time is over. */
  function waitForAnswer(ms: number): void {
    if (execution === undefined) return
    if (ms === 0) {
      serve()
      return
    }
    const end = ms < 0 ? Number.POSITIVE_INFINITY : system.now() + ms
    const resume = execution.pause()
    // In this order: whether a signal is due is found out by serving what waits, and that may be the answer.
    while (!execution.isDue() && !channel.isReadable) {
      const left = Math.min(end - system.now(), execution.patience())
      if (left <= 0) break
      const frame = left === Number.POSITIVE_INFINITY ? port.receive() : port.receiveWithin(left)
      if (frame !== undefined) handle(frame)
    }
    resume()
  }
  function serve(): void {
    for (let frame = port.receiveWithin(0); frame !== undefined; frame = port.receiveWithin(0)) handle(frame)
  }
  function handle({ header, content }: Frame): void {
    const request = header as unknown as Request // a parent is trusted
    switch (request.type) {
      case 'execute':
        execute(request)
        return
      case 'answer':
        answer(request)
        return
      case 'reset':
        reset(request.ask)
        return
      case 'install':
      case 'refuse':
        packages.serve(request)
        return
      case 'piece':
        if (!packages.take(request.ask, content)) files.serve(request, content)
        return
      case 'put':
      case 'read':
      case 'remove':
      case 'list':
        files.serve(request, content)
        return
      case 'start':
      case 'stop': // whoever waits looks after each frame
      case 'woken':
        return
    }
  }
  function answer({ number, id, value, error }: Extract<Request, { readonly type: 'answer' }>): void {
    if (execution?.number === number && execution.closeCall(id)) channel.lay({ type: 'answer', id, value, error })
  }
  function execute({ number, code, limits }: Extract<Request, { readonly type: 'execute' }>): void {
    const { host } = interpreter
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes())
    host.isOutOfMemory = false
    const running = beginExecution(number, limits, { port, system, memoryBytes: () => host.memoryBytes(), serve })
    execution = running
    channel.lay({ type: 'execute', number, code, displayBytes: limits.displayBytes, toolCalls: limits.toolCalls })
    const lost = runProgram(host)
    execution = undefined
    memoryLimit = Math.max(limits.memoryBytes, host.memoryBytes())
    isOver = lost !== undefined
    const changes = isOver ? { files: [], dropped: 0 } : folder.changes()
    for (let start = 0; start < changes.files.length; start += PAGE_FILES) {
      port.send({ type: 'files', number, files: changes.files.slice(start, start + PAGE_FILES) })
    }
    port.send({ type: 'ended', number, ran: running.finish({ lost, droppedFiles: changes.dropped }) })
  }
  function reset(ask: number): void {
    refresh()
    port.send({ type: 'done', ask })
  }
  function refresh(): void {
    channel.clear()
    files.clear()
    packages.clear()
    interpreter.reset()
    folder = openWorkingFolder(interpreter.host.fileSystem, system)
    startPython()
  }
}

/** Programs that go the ways of most: output, a value, an exception, a file, an import that is in the image. */
const REHEARSAL: readonly string[] = [
  `print(1)`,
  `import json, math\nwith open('rehearsal.txt', 'w') as file:\n    file.write(json.dumps({'a': [math.sqrt(2), 'b']}))\n[line for line in open('rehearsal.txt')]`,
  `def fail(number):\n    return number / 0\nfail(1)`,
]

const REHEARSAL_LIMITS: ProgramLimits = {
  wallMs: 60_000,
  memoryBytes: 2 ** 32,
  outputBytes: 2 ** 16,
  outputHardBytes: 2 ** 16,
  displayBytes: 2 ** 16,
  toolCalls: 0,
}

/** What runs the frame that lies on descriptor 3 (packages/python/src/hosted). */
const TICK = 'tick()'

/** What ended the interpreter; undefined where it is there for the next program. */
function runProgram(host: Host): Lost | undefined {
  try {
    return host.run(TICK) ? undefined : { reason: 'crashed', detail: 'the runtime of the interpreter failed' }
  } catch (error) {
    if (error instanceof ParentGone) throw error
    return whatEnded(error, host.isOutOfMemory)
  }
}

function whatEnded(error: unknown, isOutOfMemory: boolean): Lost {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof SandboxViolation) return { reason: 'violation', detail }
  if (error instanceof GuestExit || error instanceof ChannelBroken) return { reason: 'crashed', detail }
  if (isOutOfMemory) return { reason: 'memory', detail: 'the interpreter ran out of memory' }
  if (error instanceof GuestAbort) return { reason: 'crashed', detail }
  if (error instanceof RangeError) return { reason: 'crashed', detail: 'the stack of the interpreter ran over' }
  return { reason: 'crashed', detail: `the interpreter stopped at a fault: ${detail}` }
}
