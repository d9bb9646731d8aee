import { type Deed, leftOut, nothing } from './deed.ts'
import type { Told } from './events.ts'
import type { FunctionCall } from './intercept/found.ts'
import type { Job } from './job.ts'
import { until } from './live.ts'
import type { Progress } from './progress.ts'
import type { StepOf } from './steps.ts'
import { checkedArguments } from './tool.ts'

/** Calls one of the caller's functions. What it throws is told to the model. `given` is the call as permitted. */
export async function* callFunction(
  call: FunctionCall,
  given: FunctionCall,
  progress: Progress,
  job: Job,
): AsyncGenerator<Told, Deed, void> {
  const index = progress.steps.length
  const started = job.clock.now()
  yield { event_type: 'step.start', index, step: { type: 'function_result', call_id: call.id, name: given.name } }
  let result: unknown
  let isError = false
  try {
    result = plain(await until(job.signal, called(given, job)))
  } catch (error) {
    if (job.signal.aborted) {
      const deed = leftOut(call, 'aborted')
      yield { event_type: 'step.stop', index, step: deed.step }
      return { ...deed, toolCalls: 1, end: { reason: 'aborted' } }
    }
    isError = true
    result = error instanceof Error ? error.message : String(error)
  }
  const step: StepOf<'function_result'> = {
    type: 'function_result',
    call_id: call.id,
    name: given.name,
    is_error: isError,
    result,
    ...(given.arguments !== call.arguments && { edited: { arguments: given.arguments } }),
  }
  yield { event_type: 'step.stop', index, step }
  const value = step.edited ? { edited_arguments: given.arguments, result } : result
  return { ...nothing, call, step, toolCalls: 1, toolMs: job.clock.now() - started, reply: { value, isError, images: [] } }
}

async function called({ name, id, arguments: given }: FunctionCall, job: Job): Promise<unknown> {
  const tool = job.settings.tools.get(name)
  if (!tool?.execute) throw new Error(`There is no function ${name}.`)
  const args = await checkedArguments(tool, given)
  // `never` lets tools with any typed arguments into one list; `tool()` saw to it that they fit the schema.
  return await tool.execute(args as never, { signal: job.signal, runId: job.id, callId: id, context: job.context })
}

/** A result as it is told: plain JSON. Throws for what has no JSON. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}
