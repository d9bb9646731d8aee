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
      const call = functionCallOf(part, newId) ?? nativeCodeOf(part, hosted, newId)
      if (call) yield { kind: 'call', call, streamed: false }
      else if (part.codeExecutionResult) {
        const { id, outcome = 'OUTCOME_OK', output = '' } = part.codeExecutionResult
        yield { kind: 'hosted_result', ...(id !== undefined && { callId: id }), outcome, output }
      } else if (part.inlineData) {
        const { mimeType = 'application/octet-stream', data = '' } = part.inlineData
        yield { kind: 'media', mimeType, data }
      } else if (part.fileData?.fileUri !== undefined) {
        yield { kind: 'media', mimeType: part.fileData.mimeType ?? 'application/octet-stream', uri: part.fileData.fileUri }
      }
    },
    *end() {
      if (fenced) yield* fenced.end()
    },
  }
}

function* readText(text: string, thought: boolean, fenced: Fences | undefined): Iterable<Found> {
  if (text === '') return
  if (thought) yield { kind: 'thought', text }
  else if (fenced) yield* fenced.read(text)
  else yield { kind: 'text', text }
}
