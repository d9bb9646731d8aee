import type { ExecutorEvent } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that lie about what a program wrote. */
export const brokenOutput: readonly BrokenExecutor[] = [
  broken(
    'swaps the streams',
    ['output'],
    [
      'shows what was printed in the result and in events',
      'keeps stdout and stderr apart',
      'tells lines of stdout and stderr in the order in which they were written',
      'tells the same text in events as in the result',
      'tells a line while the program goes on',
      'says that a program is running before it tells its output',
      'shows bytes that are no text as U+FFFD',
      'passes NUL and control characters on unchanged',
      'takes a line of a million characters whole',
      'never mistakes output for its own protocol',
      'shows warnings on stderr and does not fail for them',
    ],
    {
      event: (event) =>
        event.type === 'stdout' || event.type === 'stderr'
          ? { type: event.type === 'stdout' ? 'stderr' : 'stdout', text: event.text }
          : event,
      result: (result) => ({ ...result, stdout: result.stderr, stderr: result.stdout }),
    },
  ),
  broken('tells stderr after stdout', ['output'], ['tells lines of stdout and stderr in the order in which they were written'], {
    async execute(session, request, context) {
      const late: ExecutorEvent[] = []
      const emit = (event: ExecutorEvent) => {
        if (event.type === 'stderr') late.push(event)
        else context.emit(event)
      }
      const result = await session.execute(request, { ...context, emit })
      for (const event of late) context.emit(event)
      return result
    },
  }),
  broken('tells output only at the end', ['output'], ['tells a line while the program goes on'], {
    async execute(session, request, context) {
      const events: ExecutorEvent[] = []
      const result = await session.execute(request, { ...context, emit: (event) => events.push(event) })
      for (const event of events) context.emit(event)
      return result
    },
  }),
  broken(
    'reads UTF-8 as Latin-1',
    ['output'],
    [
      'tells the same text in events as in the result',
      'joins characters that were written byte by byte',
      'shows bytes that are no text as U+FFFD',
      'passes NUL and control characters on unchanged',
    ],
    {
      event: (event) => (event.type === 'stdout' || event.type === 'stderr' ? { ...event, text: asLatin1(event.text) } : event),
      result: (result) => ({ ...result, stdout: asLatin1(result.stdout), stderr: asLatin1(result.stderr) }),
    },
  ),
  broken(
    'loses a last line without line end',
    ['output'],
    [
      'tells the same text in events as in the result',
      'joins characters that were written byte by byte',
      'shows bytes that are no text as U+FFFD',
      'passes NUL and control characters on unchanged',
    ],
    {
      result: (result) => ({ ...result, stdout: wholeLines(result.stdout), stderr: wholeLines(result.stderr) }),
    },
  ),
  broken(
    'strips control characters',
    ['output'],
    ['passes NUL and control characters on unchanged', 'never mistakes output for its own protocol'],
    {
      event: (event) => (event.type === 'stdout' ? { ...event, text: withoutControls(event.text) } : event),
      result: (result) => ({ ...result, stdout: withoutControls(result.stdout) }),
    },
  ),
  broken('emits after the result', ['output'], ['tells nothing of an execution after its result'], {
    async execute(session, request, context) {
      const result = await session.execute(request, context)
      setTimeout(() => context.emit({ type: 'stdout', text: 'late' }), 0)
      return result
    },
  }),
  broken(
    'takes stderr for a failure',
    ['output'],
    ['does not fail a program that only wrote to stderr', 'shows warnings on stderr and does not fail for them'],
    {
      result: (result) => (result.stderr === '' ? result : { ...result, outcome: 'OUTCOME_FAILED', reason: 'exception' }),
    },
  ),
  broken('keeps 64 kB of a line', ['output'], ['takes a line of a million characters whole'], {
    result: (result) => ({ ...result, stdout: result.stdout.slice(0, 65_536) }),
  }),
]

function asLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '')
}
