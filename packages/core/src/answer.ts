import type { Told } from './events.ts'
import type { Call, CodeCall, Found, Interceptor } from './intercept/found.ts'
import type { Content, ModelChunk, Part } from './model.ts'
import { headOf, type Step, type StepContent, type StepOf } from './steps.ts'

/** What the model answered, once, whole. */
export interface Answer {
  /** Verbatim, as it goes back to the model; absent where there was no part. */
  readonly content?: Content
  /** What it says in the end: after the last result in it. */
  readonly text: string
  readonly calls: readonly Call[]
  readonly steps: readonly Step[]
  /** Indexes of steps that had stopped before the end of the stream. */
  readonly stopped: readonly number[]
  /** A fenced program had no end: its call is the last one, and is not to be run. */
  readonly unclosed: boolean
  readonly finishReason?: string
  readonly finishMessage?: string
  readonly blockReason?: string
  readonly modelVersion?: string
  readonly responseId?: string
  /** Gemini's usageMetadata of the last chunk that had one: it has the totals (gemini-wire.md 3.6). */
  readonly usage: Readonly<Record<string, unknown>>
  /** What else Gemini told: grounding, citations, safety. */
  readonly extra: Readonly<Record<string, unknown>>
  readonly ms: number
}

/** Reads an answer chunk by chunk: tells its steps as they grow, and has the whole at the end. */
export interface AnswerReader {
  read(chunk: ModelChunk): readonly Told[]
  /** Whether a call was told so far, or has begun. */
  called(): boolean
  /** The stream is over. `discarded`: it broke, and the same request is sent again. */
  end(ms: number, discarded: boolean): readonly Told[]
  answer(): Answer
}

type Open =
  | { readonly type: 'thought'; text: string; signature?: string }
  | { readonly type: 'model_output'; text: string; readonly content: StepContent[] }

/** What Google's own tool said about a program, until something else follows: results may be none, one or two (gemini-wire.md 0.14). */
interface Hosted {
  readonly call: CodeCall
  readonly outputs: string[]
  failed?: 'OUTCOME_FAILED' | 'OUTCOME_DEADLINE_EXCEEDED'
}

/** Reads one answer. `firstIndex`: of its first step in the run; `regeneration`: what its programs are (steps.ts). */
export function answerReader(intercept: Interceptor, firstIndex: number, regeneration: number): AnswerReader {
  const parts: Part[] = []
  const calls: Call[] = []
  let steps: Step[] = []
  let open: Open | undefined
  let hosted: Hosted | undefined
  let begun = false
  /** A program that streams: its step is open, and a signature that comes meanwhile is its own. */
  let coding: { signature?: string } | undefined
  let unclosed = false
  let stopped: readonly number[] = []
  const facts: Facts = { usage: {}, ms: 0 }
  const extra: Record<string, unknown> = {}
  let role = 'model'
  let told: Told[] = []

  const index = (): number => firstIndex + steps.length
  function stop(step: Step): void {
    told.push({ event_type: 'step.stop', index: index(), step })
    steps.push(step)
  }
  function close(discarded = false): void {
    if (open) {
      const step = closed(open)
      open = undefined
      stop(discarded ? { ...step, discarded: true } : step)
    }
    if (hosted) {
      const step = hostedResult(hosted)
      hosted = undefined
      told.push({ event_type: 'step.start', index: index(), step: headOf(step) })
      stop(step)
    }
  }
  function grow<T extends Open['type']>(type: T): Extract<Open, { readonly type: T }> {
    if (open?.type !== type || hosted) {
      close()
      open = type === 'thought' ? { type: 'thought', text: '' } : { type: 'model_output', text: '', content: [] }
      told.push({ event_type: 'step.start', index: index(), step: { type } })
    }
    return open as Extract<Open, { readonly type: T }> // just made, or found, to be of this type
  }
  function tellCall(call: Call, streamed: boolean): void {
    for (const [at, first] of calls.entries())
      if (isSame(first, call)) {
        calls[at] = { ...first, copies: (first.copies ?? 0) + 1 }
        return
      }
    calls.push(call)
    const step = stepOf(call, regeneration)
    if (!streamed) {
      close()
      told.push({ event_type: 'step.start', index: index(), step: headOf(step) })
      if (step.type === 'code_execution_call')
        told.push({ event_type: 'step.delta', index: index(), delta: { type: 'code_execution_call', arguments: step.arguments } })
    }
    stop(step)
    if (call.kind === 'code' && call.host === 'model') hosted = { call, outputs: [] }
  }
  function tell(found: Found): void {
    switch (found.kind) {
      case 'text': {
        const step = grow('model_output')
        step.text += found.text
        told.push({ event_type: 'step.delta', index: index(), delta: { type: 'text', text: found.text } })
        return
      }
      case 'thought': {
        const step = grow('thought')
        step.text += found.text
        told.push({ event_type: 'step.delta', index: index(), delta: { type: 'thought_summary', text: found.text } })
        return
      }
      case 'signature': {
        // A signature of text rides on the text's step; one that stands alone is a thought, as in the Interactions API.
        const delta = { type: 'thought_signature', signature: found.signature } as const
        if (open?.type === 'thought' && open.signature !== undefined) close()
        if (coding) coding.signature = found.signature
        else if (found.of === 'thought' || open?.type !== 'model_output') grow('thought').signature = found.signature
        told.push({ event_type: 'step.delta', index: index(), delta })
        return
      }
      case 'media': {
        const media = mediaOf(found)
        const step = grow('model_output')
        if (step.text) step.content.push({ type: 'text', text: step.text })
        step.text = ''
        step.content.push(media)
        told.push({ event_type: 'step.delta', index: index(), delta: media })
        return
      }
      case 'code_start':
        begun = true
        close()
        coding = {}
        told.push({
          event_type: 'step.start',
          index: index(),
          step: { type: 'code_execution_call', id: found.id, regeneration, host: 'executor' },
        })
        return
      case 'code':
        told.push({ event_type: 'step.delta', index: index(), delta: { type: 'code_delta', text: found.text } })
        return
      case 'call':
        tellCall({ ...found.call, ...coding }, found.streamed)
        coding = undefined
        if (found.unclosed) unclosed = true
        return
      case 'hosted_result':
        if (!hosted) return // of code that we run ourselves: what the model makes up about it is no result
        hosted.outputs.push(found.output)
        if (found.outcome === 'OUTCOME_DEADLINE_EXCEEDED' || found.outcome === 'OUTCOME_FAILED') hosted.failed = found.outcome
        return
    }
  }
  return {
    read(chunk) {
      told = []
      const candidate = chunk.candidates?.[0]
      note(facts, chunk)
      noteUnknown(extra, chunk, KNOWN_OF_CHUNK)
      if (candidate) noteUnknown(extra, candidate, KNOWN_OF_CANDIDATE)
      if (candidate?.content?.role !== undefined) role = candidate.content.role
      for (const part of candidate?.content?.parts ?? []) {
        keep(parts, part)
        for (const found of intercept.read(part)) tell(found)
      }
      return told
    },
    called: () => begun || calls.length > 0,
    end(ms, discarded) {
      told = []
      stopped = steps.map((_, at) => firstIndex + at)
      if (!discarded) for (const found of intercept.end()) tell(found) // of what is asked for again nothing more is told
      close(discarded)
      if (discarded) steps = steps.map(discard)
      facts.ms = ms
      return told
    },
    answer: () => ({
      ...facts,
      extra,
      calls,
      steps,
      stopped,
      unclosed,
      text: lastText(steps),
      ...(parts.length > 0 && { content: { role, parts } }),
    }),
  }
}

function closed(open: Open): StepOf<'thought' | 'model_output'> {
  const content: readonly StepContent[] = open.text ? [{ type: 'text', text: open.text }] : []
  if (open.type === 'model_output') return { type: 'model_output', content: [...open.content, ...content] }
  return {
    type: 'thought',
    ...(content.length > 0 && { summary: content }),
    ...(open.signature !== undefined && { signature: open.signature }),
  }
}

function discard(step: Step): Step {
  return step.type === 'thought' || step.type === 'model_output' ? { ...step, discarded: true } : step
}

function hostedResult({ call, outputs, failed }: Hosted): Step {
  return {
    type: 'code_execution_result',
    call_id: call.id,
    is_error: failed !== undefined,
    result: outputs.join('\n'),
    outcome: failed ?? 'OUTCOME_OK',
  }
}

function stepOf(call: Call, regeneration: number): StepOf<'code_execution_call' | 'function_call'> {
  const signature = call.signature === undefined ? {} : { signature: call.signature }
  if (call.kind === 'function') return { type: 'function_call', id: call.id, name: call.name, arguments: call.arguments, ...signature }
  const { code, language, host } = call
  return { type: 'code_execution_call', id: call.id, arguments: { code, language }, regeneration, host, ...signature }
}

/** Two calls of one answer with the same id and the same content are one (design.md 8.10). */
function isSame(a: Call, b: Call): boolean {
  if (a.modelId === undefined || a.modelId !== b.modelId) return false
  if (a.kind === 'code') return b.kind === 'code' && a.code === b.code
  return b.kind === 'function' && a.name === b.name && JSON.stringify(a.arguments) === JSON.stringify(b.arguments)
}

function mediaOf({ mimeType, data, uri }: Extract<Found, { readonly kind: 'media' }>): Exclude<StepContent, { readonly type: 'text' }> {
  const [kind] = mimeType.split('/')
  const type = kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
  return { type, mime_type: mimeType, ...(data !== undefined && { data }), ...(uri !== undefined && { uri }) }
}

/** What stands once in an answer. */
type Facts = {
  -readonly [K in keyof Pick<
    Answer,
    'finishReason' | 'finishMessage' | 'blockReason' | 'modelVersion' | 'responseId' | 'usage' | 'ms'
  >]: Answer[K]
}

/** The last chunk that says a thing is right: real streams have several finish reasons (gemini-wire.md 0.13), and the last usage is the whole. */
function note(facts: Facts, chunk: ModelChunk): void {
  const candidate = chunk.candidates?.[0]
  const blockReason = chunk.promptFeedback?.blockReason
  if (candidate?.finishReason !== undefined) facts.finishReason = candidate.finishReason
  if (candidate?.finishMessage !== undefined) facts.finishMessage = candidate.finishMessage
  if (blockReason !== undefined) facts.blockReason = blockReason
  if (chunk.modelVersion !== undefined) facts.modelVersion = chunk.modelVersion
  if (chunk.responseId !== undefined) facts.responseId = chunk.responseId
  if (chunk.usageMetadata !== undefined) facts.usage = chunk.usageMetadata as Answer['usage']
}

const KNOWN_OF_CHUNK = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'sdkHttpResponse', 'retry'])
const KNOWN_OF_CANDIDATE = new Set(['content', 'finishReason', 'finishMessage', 'index', 'tokenCount'])

function noteUnknown(extra: Record<string, unknown>, value: object, known: ReadonlySet<string>): void {
  for (const key in value) {
    if (known.has(key)) continue
    const said = (value as Record<string, unknown>)[key]
    if (said !== undefined) extra[key] = said
  }
}

/**
 * A stream cuts text where it likes: plain text that follows plain text of the same kind is one part, and plain text without a
 * character is the filler of a chunk (gemini-wire.md 0.10). Parts with any other field stay as they are.
 */
function keep(parts: Part[], part: Part): void {
  if (isPlain(part) && part.text === '') return
  const last = parts.at(-1)
  if (last && isPlain(last) && isPlain(part) && last.thought === part.thought)
    parts[parts.length - 1] = { ...last, text: last.text + part.text }
  else parts.push(part)
}

function isPlain(part: Part): part is Part & { readonly text: string } {
  if (typeof part.text !== 'string') return false
  for (const key in part) if (key !== 'text' && key !== 'thought') return false
  return true
}

/** The text after the last result. */
function lastText(steps: readonly Step[]): string {
  const from = steps.findLastIndex((step) => step.type === 'code_execution_result' || step.type === 'function_result') + 1
  let text = ''
  for (const step of steps.slice(from))
    if (step.type === 'model_output' && !step.discarded) for (const item of step.content) if (item.type === 'text') text += item.text
  return text
}
