import { ask } from './ask.ts'
import { begin } from './begin.ts'
import { conclude } from './conclude.ts'
import type { Deed } from './deed.ts'
import type { Telling } from './events.ts'
import { bugOf, type Ended, finish, opening } from './finish.ts'
import type { Job } from './job.ts'
import { judge } from './judge.ts'
import { listen } from './listen.ts'
import { perform } from './perform.ts'
import { prepare } from './prepare.ts'
import type { End } from './summary.ts'

/**
 * A run takes steps. A step asks the model, intercepts the code in its answer, and has the executor run it in a session.
 * When the code fails, feedback goes back to the model, for at most five regenerations. Everything is told in events;
 * the last one carries the summary.
 */
export async function* loop(job: Job): AsyncGenerator<Telling, Ended, void> {
  let progress = begin(job)
  let step = job // the job as `prepareStep` wants it for one step
  let end: End | undefined
  yield* opening(job)
  try {
    while (end === undefined) {
      const ready = yield* prepare(progress, step, job)
      progress = ready.progress
      step = ready.step
      end = ready.end
      if (end) break
      const asking = ask(progress, step)
      yield* asking.told
      const listened = yield* listen(asking.request, asking.progress, step)
      const heard = judge(asking.progress, listened, step)
      yield* heard.told
      progress = heard.progress
      end = heard.end
      if (heard.calls.length === 0) continue
      const deeds: Deed[] = []
      for (const call of heard.calls) deeds.push(yield* perform(call, deeds, progress, step))
      const next = conclude(progress, deeds, step)
      yield* next.told
      progress = next.progress
      end = next.end
    }
  } catch (error) {
    end = bugOf(error) // all other failures are values
  }
  return yield* finish(progress, end, job)
}
