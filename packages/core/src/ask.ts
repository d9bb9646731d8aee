import { exhausted } from './budget.ts'
import { close } from './closing.ts'
import type { Job } from './job.ts'
import type { ModelRequest } from './model.ts'
import type { Asking, Progress } from './progress.ts'
import { declaredIn, instructionsFor } from './prompt.ts'

/** The next request: the conversation so far, and, where a budget is used up, the closing words. */
export function ask(before: Progress, job: Job): Asking {
  const over = before.closing ? undefined : exhausted(before, job.settings.budgets, job.clock.now(), 'model_call')
  const progress = over ? close(before, { reason: 'budget', detail: over.name }, job) : before
  return { progress, told: over ? [over] : [], request: requestOf(progress, job) }
}

/**
 * Code is switched off for the closing call: functions by their mode, Google's own tool by leaving it out. What asks for a format
 * goes without tools: models before Gemini 3 refuse both (design.md 4).
 */
function requestOf(progress: Progress, job: Job): ModelRequest {
  const { config, formatted } = job.settings
  const instructions = instructionsFor(progress.mode, job)
  const declared = declaredIn(progress.mode, job.settings)
  const last = progress.closing !== undefined || progress.schema
  const base = { contents: progress.contents, ...(instructions !== undefined && { instructions }) }
  if (formatted && (last || declared.length === 0)) return { ...base, config: formatted }
  const tools = last && progress.mode === 'native' ? [] : declared
  const functions = tools.some((tool) => 'functionDeclarations' in tool)
  return {
    ...base,
    ...(tools.length > 0 && { tools }),
    ...(functions && { toolMode: last ? ('none' as const) : ('auto' as const) }),
    ...(config && { config }),
  }
}
