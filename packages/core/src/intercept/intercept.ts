import type { Part } from '../model.ts'
import { type Fences, fences } from './fenced.ts'
import type { Found, Interceptor, Mode, NewId } from './found.ts'
import { functionCallOf } from './function.ts'
import { nativeCodeOf } from './native.ts'

/** `hosted`: Google's own tool stands in the request, so native code was run by the model's host. */
export function interceptor(mode: Mode, hosted: boolean, newId: NewId): Interceptor {
  const fenced: Fences | undefined = mode === 'fenced' ? fences(newId) : undefined
  return {
    *read(part) {
      if (typeof part.text === 'string') {
        yield* readText(part.text, part.thought === true, fenced)
        if (part.thoughtSignature !== undefined)
          yield { kind: 'signature', signature: part.thoughtSignature, of: part.thought === true ? 'thought' : 'model_output' }
        return
      }
      const other = readOther(part, hosted, newId)
      if (other) yield* afterText(other, fenced)
    },
    *end() {
      if (fenced) yield* fenced.end()
    },
  }
}

function* readText(text: string, thought: boolean, fenced: Fences | undefined): Iterable<Found> {
  if (text === '') return
  if (thought) yield* afterText({ kind: 'thought', text }, fenced)
  else if (fenced) yield* fenced.read(text)
  else yield { kind: 'text', text }
}

function readOther(part: Part, hosted: boolean, newId: NewId): Found | undefined {
  const call = functionCallOf(part, newId) ?? nativeCodeOf(part, hosted, newId)
  if (call) return { kind: 'call', call, streamed: false }
  if (part.codeExecutionResult) {
    const { id, outcome = 'OUTCOME_OK', output = '' } = part.codeExecutionResult
    return { kind: 'hosted_result', ...(id !== undefined && { callId: id }), outcome, output }
  }
  if (part.inlineData) {
    const { mimeType = 'application/octet-stream', data = '' } = part.inlineData
    return { kind: 'media', mimeType, data }
  }
  if (part.fileData?.fileUri === undefined) return undefined
  return { kind: 'media', mimeType: part.fileData.mimeType ?? 'application/octet-stream', uri: part.fileData.fileUri }
}

/** Text that was held back, because it may have become a fence, comes before what follows it; and no program goes on behind that. */
function* afterText(found: Found, fenced: Fences | undefined): Iterable<Found> {
  if (fenced) yield* fenced.end()
  yield found
}
