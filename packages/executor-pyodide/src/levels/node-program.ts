import { ExecutorError } from '@interloop/core/executor'
import { runProgram } from '@interloop/executor-kit'

/** A Node that guests run in. */
export interface NodeProgram {
  readonly path: string
  /** Major and minor. */
  readonly version: readonly [major: number, minor: number]
}

/** The oldest that is promised (design.md 14). */
const OLDEST: NodeProgram['version'] = [22, 19]

/** The Node that was named, or the one that this program runs in. Rejects with `ExecutorError` `unsupported` where it is none, or too old. */
export async function nodeProgram(named: string | undefined): Promise<NodeProgram> {
  if (named === undefined && !isPlainNode()) {
    throw unsupported(
      'this program runs in no plain Node (Electron, Bun, Deno, or a single-file executable): name one by the option `node`',
    )
  }
  const path = named ?? process.execPath
  const version = parseVersion(named === undefined ? process.version : await versionOf(named))
  if (version !== undefined && isAtLeast(version, OLDEST)) return { path, version }
  throw unsupported(`guests need Node ${OLDEST.join('.')} or newer, and ${path} is ${version === undefined ? 'none' : version.join('.')}`)
}

/** Whether a version is that one or a later one. */
export function isAtLeast(version: NodeProgram['version'], [major, minor]: NodeProgram['version']): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor)
}

function isPlainNode(): boolean {
  const { bun, deno, electron } = process.versions
  return bun === undefined && deno === undefined && electron === undefined && !isSingleFile()
}

/** `node:sea` is there from Node 20 on, and asked for by name: a bundler need not know it. */
function isSingleFile(): boolean {
  const sea = process.getBuiltinModule('node:sea') as { isSea?(): boolean } | undefined // its types come with newer ones
  return sea?.isSea?.() ?? false
}

async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await runProgram(path, ['--version'], { env: {} })
    return stdout.trim()
  } catch (cause) {
    throw unsupported(`${path}, named by the option node, cannot be started`, cause)
  }
}

function parseVersion(text: string): NodeProgram['version'] | undefined {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(text) ?? []
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)]
}

function unsupported(message: string, cause?: unknown): ExecutorError {
  return new ExecutorError('unsupported', message, { started: 'no', ...(cause === undefined ? {} : { cause }) })
}
