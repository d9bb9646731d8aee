import type { Job } from './job.ts'
import type { Progress } from './progress.ts'
import type { End, FinishReason } from './summary.ts'

/** The next request is the last one, with code switched off: it asks for the best answer that there is (design.md 8.4). */
export function close(progress: Progress, end: End, job: Job): Progress {
  const why = wordsFor(end.reason, job.settings.maxRegenerations)
  const text = `${why} Do not write or call code again. Give the best answer you can from what has been shown, and say what failed or is missing.`
  const { resendMs: _, ...rest } = progress
  return { ...rest, retried: 0, closing: end, contents: [...progress.contents, { role: 'user', parts: [{ text }] }] }
}

function wordsFor(reason: FinishReason, maxRegenerations: number): string {
  if (reason === 'regenerations_exhausted')
    return maxRegenerations === 0
      ? 'The program has failed, and is not to be written anew.'
      : `The program has failed, also after ${maxRegenerations} corrections.`
  if (reason === 'stuck') return 'The same program was run several times with the same result.'
  return 'What this conversation may use is used up.'
}
