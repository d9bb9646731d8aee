import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { parse } from 'node:path'
import { encodeFrame, NONCE_BYTES } from '../guest/frames.ts'
import type { Request, StartWishes } from '../guest/messages.ts'
import { DESCRIPTORS } from '../guest/pipe-port.ts'
import { PROCESS_GUEST } from '../guest/texts.ts'
import type { ImageParts, LoadedImage } from '../image/image.ts'
import { createControlFile } from './control-file.ts'
import { startConversation } from './conversation.ts'
import { cpuMsOf } from './cpu-time.ts'
import type { GuestHandle, Level } from './guest-handle.ts'
import { keepAlive } from './keep-alive.ts'
import type { Launch, Launcher } from './launcher.ts'
import { type NativeStack, withStack } from './native-stack.ts'
import { guestFlags } from './node-flags.ts'

/** How processes are started. */
export interface ProcessOptions {
  readonly image: LoadedImage
  readonly launcher: Launcher
  readonly stack: NativeStack
  /** Folders for control files, in the order in which they are tried. */
  readonly controlFolders: readonly string[]
}

/** Characters of what a guest wrote on its stderr that an error shows. */
const COMPLAINT_CHARACTERS = 2_000

/**
 * Guests that are processes of their own which never have a right (pyodide.md 12): the script comes on standard input, the image as an
 * open descriptor, the environment is empty, and beside two pipes there is nothing.
 */
export function processLevel(options: ProcessOptions): Level {
  return {
    async start(wishes) {
      const { launcher, stack } = options
      const flags = guestFlags({ stackKilobytes: stack.kilobytes, hasWorkers: launcher.hasWorkers })
      const launch = await launcher.prepare([...flags, '-'])
      try {
        return startProcess(options, launch, wishes)
      } finally {
        await launch.close()
      }
    },
  }
}

function startProcess({ image, launcher, stack, controlFolders }: ProcessOptions, launch: Launch, wishes: StartWishes): GuestHandle {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const control = createControlFile(controlFolders)
  const { source } = image.parts
  const [file = '', ...programArguments] = withStack(stack, launch.command)
  const own: readonly Descriptor[] = [
    'pipe',
    'ignore',
    'pipe',
    'pipe',
    'pipe',
    control?.readDescriptor ?? 'ignore',
    typeof source === 'number' ? source : 'pipe',
    launcher.hasWorkers ? 'pipe' : 'ignore',
  ]
  const last = Math.max(own.length - 1, ...launch.descriptors.keys())
  const child = spawn(file, programArguments, {
    env: {},
    cwd: parse(process.execPath).root,
    stdio: Array.from({ length: last + 1 }, (_, number) => own[number] ?? launch.descriptors.get(number) ?? 'ignore'),
    // A session of its own: Ctrl-C in a terminal is the host's to understand.
    detached: true,
    windowsHide: true,
  })
  control?.closeRead()
  // The pipes of a child are sockets, which the types do not say.
  const [script, , complaints, requests, messages, , imagePipe, watchPipe] = child.stdio as unknown as readonly (Socket | null)[]
  if (!script || !complaints || !requests || !messages) throw new Error('a process has no pipes')
  let complaint = ''
  let isGone = false

  const conversation = startConversation(nonce, send, (detail) => {
    complaint = detail
    void kill()
  })
  child.once('error', (error) => {
    complaint += error.message
    finish('')
  })
  child.once('close', (code, signal) => finish(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`))
  complaints.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS)
  })
  messages.on('data', (chunk: Uint8Array) => conversation.feed(chunk))
  for (const pipe of [script, requests, imagePipe, watchPipe]) pipe?.on('error', () => {}) // `close` tells that nobody reads it any more
  for (const handle of [child, ...child.stdio]) (handle as Socket | null)?.unref()
  script.end(PROCESS_GUEST)
  if (typeof source !== 'number') imagePipe?.end(source)
  send({
    type: 'start',
    ...wishes,
    image: handedOn(image.parts),
    stackBytes: stack.kilobytes * 1_024,
    watch: launcher.hasWorkers ? 'thread' : 'none',
  })

  function finish(how: string): void {
    if (isGone) return
    isGone = true
    control?.close()
    conversation.end([how, complaint.trim()].filter((part) => part !== '').join(': '))
  }
  function send(request: Request, content?: Uint8Array): void {
    if (isGone || requests === undefined || requests === null) return
    control?.countFrame()
    requests.cork()
    requests.write(encodeFrame(nonce, request, content?.length ?? 0))
    if (content !== undefined && content.length > 0) requests.write(content)
    requests.uncork()
  }
  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    // What confines it may have been killed before it had tied the guest to itself: the guest then ends with its pipes.
    for (const pipe of [script, requests, imagePipe, watchPipe]) pipe?.destroy()
    await keepAlive(conversation.ended)
  }

  return {
    ready: conversation.ready,
    ended: conversation.ended,
    listen: conversation.listen,
    get isAlive() {
      return conversation.isAlive
    },
    send,
    stop(number) {
      control?.stop(number)
      send({ type: 'stop', number })
      return control !== undefined
    },
    kill,
    cpuMs: () => (child.pid === undefined || isGone ? undefined : cpuMsOf(child.pid)),
  }
}

type Descriptor = 'pipe' | 'ignore' | number

/** What a process gets: the file under the number that it has there. */
function handedOn(parts: ImageParts): ImageParts {
  return { ...parts, source: DESCRIPTORS.image }
}
