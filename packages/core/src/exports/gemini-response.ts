import type { Content } from '../model.ts'
import type { FinishReason, Summary } from '../summary.ts'
import { type Block, blocksOf, type Picture, type Program, picturesOf } from './blocks.ts'

/** A `GenerateContentResponse` as Gemini's API sends it; the SDK's type is a class, this is its JSON. */
export interface GeminiResponse {
  readonly candidates?: readonly GeminiCandidate[]
  readonly promptFeedback?: { readonly blockReason: string; readonly blockReasonMessage?: string }
  readonly usageMetadata: {
    readonly promptTokenCount: number
    readonly candidatesTokenCount: number
    readonly totalTokenCount: number
    readonly cachedContentTokenCount?: number
    readonly thoughtsTokenCount?: number
    readonly toolUsePromptTokenCount?: number
  }
  readonly modelVersion: string
  readonly responseId: string
}

/** What Gemini told beside its last answer (safety, grounding, citations) stands here as it came. */
export interface GeminiCandidate {
  readonly content: { readonly role: 'model'; readonly parts: readonly GeminiPart[] }
  readonly finishReason: string
  readonly finishMessage?: string
  readonly index: 0
  readonly [told: string]: unknown
}

/** One part of the answer. */
export type GeminiPart = { readonly thoughtSignature?: string } & (
  | { readonly text: string; readonly thought?: true }
  | { readonly executableCode: { readonly id: string; readonly language: 'PYTHON'; readonly code: string } }
  | { readonly codeExecutionResult: { readonly id: string; readonly outcome: string; readonly output?: string } }
  | { readonly inlineData: { readonly mimeType: string; readonly data: string } }
  | { readonly fileData: { readonly mimeType: string; readonly fileUri: string } }
  | { readonly functionCall: { readonly id: string; readonly name: string; readonly args: unknown } }
)

/**
 * A run as the one answer that Gemini's hosted code execution would have given: text, `executableCode`, `codeExecutionResult` and
 * images in its order (gemini-wire.md 3.1, 3.5), usage by its formula (3.6). Code is what ran, also where it was edited. A program
 * that was not run has a failed result that says why; one that was only to be shown has none. The caller's own functions that were
 * called on the way are left out; those that are waited for end the answer.
 *
 * @param of A run's `summary` and `contents`; the signatures of texts stand in the contents alone.
 */
export function toGenerateContentResponse(of: { readonly summary: Summary; readonly contents: readonly Content[] }): GeminiResponse {
  const { summary, contents } = of
  const { native_equivalent: usage } = summary.usage
  const parts = partsOf(summary, signedTexts(contents))
  const last = summary.model_calls.at(-1)
  const blocked = summary.finish.reason === 'model_blocked' && last?.finish_reason === undefined && parts.length === 0
  const cached = summary.model_calls[0]?.usage.cached ?? 0
  return {
    ...(blocked ? { promptFeedback: feedbackOf(summary) } : { candidates: [candidateOf(summary, parts)] }),
    usageMetadata: {
      promptTokenCount: usage.prompt,
      candidatesTokenCount: usage.candidates,
      totalTokenCount: usage.total,
      // Of the first prompt, of which it is a part.
      ...(cached > 0 && { cachedContentTokenCount: cached }),
      ...(usage.thoughts > 0 && { thoughtsTokenCount: usage.thoughts }),
      ...(usage.tool_use_prompt > 0 && { toolUsePromptTokenCount: usage.tool_use_prompt }),
    },
    modelVersion: summary.model_version ?? summary.model,
    responseId: summary.id,
  }
}

function candidateOf(summary: Summary, parts: readonly GeminiPart[]): GeminiCandidate {
  const { finish, error, model_calls } = summary
  const told = Object.entries(model_calls.at(-1)?.extra ?? {}).filter(([name]) => OF_CANDIDATE.has(name))
  const finishReason = finishReasonOf(summary)
  const message = error?.message ?? finish.detail
  return {
    ...Object.fromEntries(told),
    content: { role: 'model', parts },
    finishReason,
    ...(finishReason !== 'STOP' && message !== undefined && { finishMessage: message }),
    index: 0,
  }
}

/** gemini-wire.md 1.5 */
const OF_CANDIDATE = new Set([
  'safetyRatings',
  'citationMetadata',
  'groundingMetadata',
  'urlContextMetadata',
  'avgLogprobs',
  'logprobsResult',
])

function finishReasonOf({ finish, output_text, model_calls }: Summary): string {
  return finish.reason === 'model_blocked' ? (model_calls.at(-1)?.finish_reason ?? 'OTHER') : FINISH[finish.reason](output_text !== '')
}

/** Gemini's word for how it ended, by whether there is an answer: the hosted tool too ends with one after its last try (gemini-wire.md 6). */
const FINISH: { readonly [Reason in Exclude<FinishReason, 'model_blocked'>]: (answered: boolean) => string } = {
  answer: () => 'STOP',
  awaiting_function: () => 'STOP',
  max_tokens: () => 'MAX_TOKENS',
  regenerations_exhausted: (answered) => (answered ? 'STOP' : 'TOO_MANY_TOOL_CALLS'),
  stuck: (answered) => (answered ? 'STOP' : 'TOO_MANY_TOOL_CALLS'),
  budget: (answered) => (answered ? 'STOP' : 'TOO_MANY_TOOL_CALLS'),
  repairs_exhausted: () => 'MALFORMED_RESPONSE',
  approval_denied: () => 'OTHER',
  awaiting_approval: () => 'OTHER',
  aborted: () => 'OTHER',
  model_error: () => 'OTHER',
  executor_error: () => 'OTHER',
  host_error: () => 'OTHER',
}

function feedbackOf({ finish, error }: Summary): NonNullable<GeminiResponse['promptFeedback']> {
  const message = error?.message ?? finish.detail
  return {
    blockReason: /^[A-Z_]+$/.test(finish.detail ?? '') ? (finish.detail ?? 'OTHER') : 'OTHER',
    ...(message && { blockReasonMessage: message }),
  }
}

interface SignedText {
  /** Of an empty signed text: the text that it follows. */
  readonly follows: string
  readonly text: string
  readonly thoughtSignature: string
}

/** Signed texts of the answers, in order. An empty one counts where it follows text: alone it is a thought's (gemini-wire.md 1.7). */
function signedTexts(contents: readonly Content[]): SignedText[] {
  return contents
    .filter(({ role }) => role === 'model')
    .flatMap(({ parts = [] }) =>
      parts.flatMap(({ text, thought, thoughtSignature }, position) => {
        if (text === undefined || thought || thoughtSignature === undefined) return []
        if (text !== '') return [{ follows: '', text, thoughtSignature }]
        const before = parts[position - 1]
        return before?.text && !before.thought ? [{ follows: before.text, text, thoughtSignature }] : []
      }),
    )
}

function partsOf({ steps, pending }: Summary, signed: SignedText[]): readonly GeminiPart[] {
  const awaited = new Set(pending?.functions.map(({ call_id }) => call_id))
  const parts: GeminiPart[] = []
  for (const block of blocksOf(steps)) {
    switch (block.kind) {
      case 'user':
        break
      case 'thought':
        parts.push(...thoughtParts(block))
        break
      case 'said':
        say(parts, block, signed)
        break
      case 'program':
        parts.push(...programParts(block))
        break
      case 'function': {
        const { id, name, arguments: args, signature } = block.call
        if (awaited.has(id)) parts.push({ functionCall: { id, name, args }, ...signedBy(signature) })
        break
      }
    }
  }
  return parts
}

function signedBy(signature: string | undefined): { readonly thoughtSignature?: string } {
  return signature === undefined ? {} : { thoughtSignature: signature }
}

function thoughtParts({ step }: Extract<Block, { readonly kind: 'thought' }>): readonly GeminiPart[] {
  const text = (step.summary ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')
  return text ? [{ text, thought: true, ...signedBy(step.signature) }] : []
}

/** At most one text stands before a program: what two answers said, because the first could not be used, becomes two paragraphs. */
function say(parts: GeminiPart[], { step }: Extract<Block, { readonly kind: 'said' }>, signed: SignedText[]): void {
  for (const part of step.content) {
    if (part.type !== 'text') {
      if (part.data !== undefined) parts.push({ inlineData: { mimeType: part.mime_type, data: part.data } })
      else if (part.uri !== undefined) parts.push({ fileData: { mimeType: part.mime_type, fileUri: part.uri } })
      continue
    }
    const found = signed.findIndex(({ follows, text }) => part.text.endsWith(follows + text))
    // What lies before it belongs to texts that are cut up otherwise: fenced programs stand in them.
    const next = found < 0 ? undefined : signed.splice(0, found + 1).at(-1)
    const plain = part.text.slice(0, part.text.length - (next?.text.length ?? 0))
    const last = parts.at(-1)
    if (plain && last && 'text' in last && !last.thought && last.thoughtSignature === undefined)
      parts[parts.length - 1] = { text: `${last.text}\n\n${plain}` }
    else if (plain) parts.push({ text: plain })
    if (next) parts.push({ text: next.text, thoughtSignature: next.thoughtSignature })
  }
}

function programParts({ call, code, edited, results }: Program): readonly GeminiPart[] {
  return [
    // A signature signs what the model wrote, and nothing else.
    { executableCode: { id: call.id, language: 'PYTHON', code }, ...signedBy(edited ? undefined : call.signature) },
    ...results
      .filter(({ not_run }) => not_run !== 'shown')
      .flatMap((result): GeminiPart[] => [
        {
          codeExecutionResult: {
            id: call.id,
            outcome: result.outcome ?? (result.is_error ? 'OUTCOME_FAILED' : 'OUTCOME_OK'),
            ...(result.result !== '' && { output: result.result }),
          },
        },
        ...picturesOf(result).map(inline),
      ]),
  ]
}

function inline({ mimeType, data }: Picture): GeminiPart {
  return { inlineData: { mimeType, data } }
}
