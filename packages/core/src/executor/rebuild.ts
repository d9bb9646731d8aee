import type { ExecutionContext, Session } from '../executor.ts'
import { endingOf, jsonOf, type LogEntry, type LoggedCall } from './session-log.ts'

type Program = Extract<LogEntry, { readonly kind: 'program' }>

/**
 * Does again in a fresh session what was done in another: puts, removals and programs in their order, programs under keys of their own,
 * tools answered from the log, nothing told (remote.md 9). Resolves with the first difference, in words; undefined where all was equal.
 * The signal ends it, with the difference `late`.
 */
export async function rebuild(
  entries: readonly LogEntry[],
  session: Session,
  signal: AbortSignal,
  late: string,
): Promise<string | undefined> {
  const keys = crypto.randomUUID()
  let programs = 0
  for (const entry of entries) {
    if (signal.aborted) return late
    if (entry.kind === 'put') await session.files.put(entry.file)
    else if (entry.kind === 'remove') await session.files.remove(entry.path)
    else {
      programs += 1
      const difference = await runAgain(entry, session, `move/${keys}/${programs}`, signal)
      if (signal.aborted) return late
      if (difference !== undefined) return `program ${programs} ${difference}`
    }
  }
  return undefined
}

/** How one program differs from what it was, in words. */
async function runAgain(
  { request, calls, ending }: Program,
  session: Session,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const stop = new AbortController()
  const answers = answerFromLog(calls, () => stop.abort(new Error('a call of a tool that was not made before')))
  const result = await session.execute(
    { ...request, id: key, idempotencyKey: key },
    { signal: AbortSignal.any([signal, stop.signal]), emit: () => undefined, callTool: answers.callTool },
  )
  if (stop.signal.aborted) return 'called a tool that it had not called before'
  if (answers.left() > 0) return 'did not call a tool that it had called before'
  if (result.state !== 'kept' || (await endingOf(result)) !== (await ending)) return 'ended in another way than before'
  return undefined
}

/** Answers each call as one with the same name and arguments was answered, in their order. */
function answerFromLog(
  calls: readonly LoggedCall[],
  onUnlogged: () => void,
): { left(): number; readonly callTool: ExecutionContext['callTool'] } {
  const left = [...calls]
  return {
    left: () => left.length,
    async callTool({ name, arguments: given }) {
      const text = jsonOf(given)
      const at = left.findIndex((call) => call.name === name && call.arguments === text)
      const answer = at === -1 ? undefined : left.splice(at, 1)[0]?.answer
      if (answer === undefined) {
        onUnlogged()
        throw new Error('this call was not made before')
      }
      if ('error' in answer) throw new Error(answer.error)
      return JSON.parse(answer.value)
    },
  }
}
