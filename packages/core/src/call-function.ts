import { type Deed, leftOut, nothing } from './deed.ts'
import type { Told } from './events.ts'
import type { FunctionCall } from './intercept/found.ts'
import type { Job } from './job.ts'
import { until } from './live.ts'
import type { Progress } from './progress.ts'
import { runTool } from './run-tool.ts'
import type { StepOf } from './steps.ts'

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
    result = await until(
      job.signal,
      runTool(job.settings.tools.get(given.name), given.name, given.arguments, {
        signal: job.signal,
        runId: job.id,
        callId: given.id,
        context: job.context,
      }),
    )
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
