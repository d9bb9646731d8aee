import type { Part } from '../model.ts'
import type { Call, NewId } from './found.ts'

/** The one function that we declare. One string parameter: long or many parameters raise the rate of malformed calls (gemini-wire.md 3.10). */
export const RUN_PYTHON = 'run_python'

/** The call in a part: code where it is `run_python` with a string `code`, otherwise a function. */
export function functionCallOf(part: Part, newId: NewId): Call | undefined {
  const called = part.functionCall
  if (!called) return undefined
  const name = plainName(called.name ?? '')
  const own = {
    id: newId('call', called.id),
    ...(called.id !== undefined && { modelId: called.id }),
    ...(part.thoughtSignature !== undefined && { signature: part.thoughtSignature }),
  }
  const code = called.args?.['code']
  if (name === RUN_PYTHON && typeof code === 'string')
    return { kind: 'code', form: 'function', ...own, code, language: 'python', host: 'executor' }
  return { kind: 'function', ...own, name, arguments: called.args ?? {} }
}

/** Gemini's inner form of a call is Python against `default_api`, and that name slips out (gemini-wire.md 3.10). */
function plainName(name: string): string {
  return name.replace(/^default_api[.:]/, '')
}
