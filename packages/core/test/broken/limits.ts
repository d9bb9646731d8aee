import type { ExecutionResult } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that declare limits and do not hold them. */
export const brokenLimits: readonly BrokenExecutor[] = [
  broken(
    'counts dropped bytes wrong',
    ['limits'],
    [
      'keeps head and tail of long output and counts the rest to the byte',
      'caps stderr apart from stdout',
      'cuts long output between characters',
    ],
    { result: (result) => changeDropped(result, (bytes) => bytes + 1) },
  ),
  broken('counts characters instead of bytes', ['limits'], ['cuts long output between characters'], {
    result: (result, request) => (request.code.includes('ä€😀') ? changeDropped(result, (bytes) => Math.round((bytes * 4) / 9)) : result),
  }),
  broken(
    'keeps only the head of long output',
    ['limits'],
    [
      'keeps head and tail of long output and counts the rest to the byte',
      'caps stderr apart from stdout',
      'cuts long output between characters',
    ],
    { result: (result) => cutOutput(result, (text) => text.slice(0, text.length / 2) + text.slice(0, text.length / 2)) },
  ),
  broken('cuts long output within characters', ['limits'], ['cuts long output between characters'], {
    result: (result) => cutOutput(result, (text) => text.replace('😀', '\uFFFD')),
  }),
  broken(
    'caps nothing',
    ['limits'],
    [
      'keeps head and tail of long output and counts the rest to the byte',
      'caps stderr apart from stdout',
      'cuts long output between characters',
      'stops a program that writes beyond the hard limit',
    ],
    {
      request: (request) => ({
        ...request,
        limits: request.limits && { ...request.limits, outputBytes: undefined, outputHardBytes: undefined },
      }),
    },
  ),
  broken(
    'declares limits that it does not know',
    ['limits'],
    ['lets no program write more into files than it may', 'lets no program make more files than it may'],
    {
      executor: ({ capabilities }) => ({
        capabilities: { ...capabilities, limits: { ...capabilities.limits, fileBytes: 'enforced', files: 'enforced' } },
      }),
    },
  ),
  broken(
    'passes limits on and calls them enforced',
    ['limits'],
    [
      'refuses source that is too large, and runs nothing',
      'stops a program that takes more memory than it may',
      'stops a program that takes more processor time than it may',
    ],
    {
      executor: (reference) => ({ createSession: () => reference.createSession() }),
      request: (request) => ({ ...request, limits: { ...request.limits, sourceBytes: undefined, cpuMs: undefined } }),
    },
  ),
]

function changeDropped(result: ExecutionResult, change: (bytes: number) => number): ExecutionResult {
  if (result.dropped === undefined) return result
  const dropped = Object.entries(result.dropped).map(([name, count]) => [name, change(count ?? 0)])
  return { ...result, dropped: Object.fromEntries(dropped) }
}

function cutOutput(result: ExecutionResult, cut: (text: string) => string): ExecutionResult {
  if (result.dropped === undefined) return result
  return {
    ...result,
    stdout: result.dropped.stdoutBytes ? cut(result.stdout) : result.stdout,
    stderr: result.dropped.stderrBytes ? cut(result.stderr) : result.stderr,
  }
}
