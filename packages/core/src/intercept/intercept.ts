import type { Part } from '../model.ts'
import { type Fences, fences } from './fenced.ts'
import type { Found, Interceptor, Mode, NewId } from './found.ts'
import { functionCallOf } from './function.ts'
import { nativeCodeOf } from './native.ts'

/** `hosted`: Google's own tool stands in the request, so native code was run by the model's host. */
export function interceptor(mode: Mode, hosted: boolean, newId: NewId): Interceptor {
  // Lists, and generators only where fences want them: this runs for every piece of a stream.
  const read = (part: Part): readonly Found[] =>
    typeof part.text === 'string' ? readText(part.text, part) : readOther(part, hosted, newId)
  return mode === 'fenced' ? throughFences(read, fences(newId)) : { read, end: () => [] }
}

function readText(text: string, { thought = false, thoughtSignature }: Part): readonly Found[] {
  const found: Found[] = text === '' ? [] : [{ kind: thought ? 'thought' : 'text', text }]
  if (thoughtSignature !== undefined)
    found.push({ kind: 'signature', signature: thoughtSignature, of: thought ? 'thought' : 'model_output' })
  return found
}

function readOther(part: Part, hosted: boolean, newId: NewId): readonly Found[] {
  const call = functionCallOf(part, newId) ?? nativeCodeOf(part, hosted, newId)
  if (call) return [{ kind: 'call', call, streamed: false }]
  if (part.codeExecutionResult) {
    const { id, outcome = 'OUTCOME_OK', output = '' } = part.codeExecutionResult
    return [{ kind: 'hosted_result', ...(id !== undefined && { callId: id }), outcome, output }]
  }
  if (part.inlineData) {
    const { mimeType = 'application/octet-stream', data = '' } = part.inlineData
    return [{ kind: 'media', mimeType, data }]
  }
  if (part.fileData?.fileUri === undefined) return []
  return [{ kind: 'media', mimeType: part.fileData.mimeType ?? 'application/octet-stream', uri: part.fileData.fileUri }]
}

/** Text that was held back, because it may have become a fence, comes before what follows it; and no program goes on behind that. */
function throughFences(read: (part: Part) => readonly Found[], fenced: Fences): Interceptor {
  return {
    *read(part) {
      for (const found of read(part)) {
        if (found.kind === 'text') {
          yield* fenced.read(found.text)
          continue
        }
        if (found.kind !== 'signature') yield* fenced.end()
        yield found
      }
    },
    end: () => fenced.end(),
  }
}
