import type { Part } from '../model.ts'
import type { CodeCall, NewId } from './found.ts'

/** Code in Gemini's own form. It comes also where the tool was not declared (gemini-wire.md 0.20): then the executor runs it. */
export function nativeCodeOf(part: Part, hosted: boolean, newId: NewId): CodeCall | undefined {
  const native = part.executableCode
  if (!native) return undefined
  return {
    kind: 'code',
    form: 'native',
    id: newId('code', native.id),
    ...(native.id !== undefined && { modelId: native.id }),
    code: native.code ?? '',
    language: (native.language ?? 'python').toLowerCase(),
    host: hosted ? 'model' : 'executor',
    ...(part.thoughtSignature !== undefined && { signature: part.thoughtSignature }),
  }
}
