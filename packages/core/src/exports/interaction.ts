import type { Step, StepContent, StepOf } from '../steps.ts'
import type { Status, Summary } from '../summary.ts'
import { picturesOf, programOf } from './blocks.ts'

/** An interaction as Gemini's Interactions API answers it, as JSON. */
export interface GeminiInteraction {
  readonly id: string
  readonly object: 'interaction'
  readonly model: string
  readonly status: Status
  readonly created: string
  readonly updated: string
  readonly steps: readonly InteractionStep[]
  readonly usage: {
    readonly total_input_tokens: number
    readonly total_cached_tokens: number
    readonly total_output_tokens: number
    readonly total_tool_use_tokens: number
    readonly total_thought_tokens: number
    readonly total_tokens: number
  }
}

/** A step with the members that Google's has, and no others. */
export type InteractionStep =
  | { readonly type: 'thought'; readonly summary?: readonly InteractionContent[]; readonly signature?: string }
  | { readonly type: 'model_output'; readonly content: readonly InteractionContent[] }
  | {
      readonly type: 'code_execution_call'
      readonly id: string
      readonly arguments: { readonly code: string; readonly language: string }
      readonly signature?: string
    }
  | { readonly type: 'code_execution_result'; readonly call_id: string; readonly result: string; readonly is_error: boolean }
  | { readonly type: 'function_call'; readonly id: string; readonly name: string; readonly arguments: unknown; readonly signature?: string }
  | {
      readonly type: 'function_result'
      readonly call_id: string
      readonly name: string
      readonly result: unknown
      readonly is_error: boolean
    }

/** Text, or media in base64 or by address. */
export type InteractionContent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image' | 'audio' | 'video' | 'document'
      readonly mime_type: string
      readonly data?: string
      readonly uri?: string
    }

/**
 * A run as an interaction of Gemini's Interactions API. The user's input is not repeated, as Google does not; figures follow their
 * result as `image` in a `model_output`; code is what ran, also where it was edited; the numbers are those that the hosted tool
 * would have shown (gemini-wire.md 2.2, 2.3, 2.5, 3.6). What is our own stays behind.
 */
export function toInteraction(summary: Summary): GeminiInteraction {
  const { native_equivalent: usage } = summary.usage
  return {
    id: summary.id,
    object: 'interaction',
    model: summary.model,
    status: summary.status,
    created: summary.created,
    updated: summary.updated,
    steps: joined(summary.steps.flatMap((step) => stepsOf(step, summary.steps))),
    usage: {
      total_input_tokens: usage.prompt,
      total_cached_tokens: summary.model_calls[0]?.usage.cached ?? 0,
      total_output_tokens: usage.candidates,
      total_tool_use_tokens: usage.tool_use_prompt,
      total_thought_tokens: usage.thoughts,
      total_tokens: usage.total,
    },
  }
}

function stepsOf(step: Step, steps: readonly Step[]): readonly InteractionStep[] {
  switch (step.type) {
    case 'user_input':
      return []
    case 'thought':
      return step.discarded ? [] : [{ type: 'thought', ...(step.summary && { summary: step.summary.map(contentOf) }), ...signed(step) }]
    case 'model_output':
      return step.discarded ? [] : [{ type: 'model_output', content: step.content.map(contentOf) }]
    case 'code_execution_call':
      return [callOf(step, steps)]
    case 'code_execution_result':
      return [resultOf(step), ...figuresOf(step)]
    case 'function_call':
      return [{ type: 'function_call', id: step.id, name: step.name, arguments: step.arguments, ...signed(step) }]
    case 'function_result':
      return [{ type: 'function_result', call_id: step.call_id, name: step.name, result: step.result, is_error: step.is_error }]
  }
}

function signed({ signature }: { readonly signature?: string }): { readonly signature?: string } {
  return signature === undefined ? {} : { signature }
}

/** `name` is ours. */
function contentOf(content: StepContent): InteractionContent {
  if (content.type === 'text') return { type: 'text', text: content.text }
  const { type, mime_type, data, uri } = content
  return { type, mime_type, ...(data !== undefined && { data }), ...(uri !== undefined && { uri }) }
}

function callOf(call: StepOf<'code_execution_call'>, steps: readonly Step[]): InteractionStep {
  const { code, edited } = programOf(call, steps)
  return {
    type: 'code_execution_call',
    id: call.id,
    arguments: { code, language: call.arguments.language },
    // A signature signs what the model wrote, and nothing else.
    ...(!edited && signed(call)),
  }
}

function resultOf({ call_id, result, is_error }: StepOf<'code_execution_result'>): InteractionStep {
  return { type: 'code_execution_result', call_id, result, is_error }
}

function figuresOf(step: StepOf<'code_execution_result'>): readonly InteractionStep[] {
  const content = picturesOf(step).map(({ mimeType, data }): InteractionContent => ({ type: 'image', mime_type: mimeType, data }))
  return content.length > 0 ? [{ type: 'model_output', content }] : []
}

/** Figures and the text that follows them are one output, as Google shows them (gemini-wire.md 2.5). */
function joined(steps: readonly InteractionStep[]): readonly InteractionStep[] {
  const whole: InteractionStep[] = []
  for (const step of steps) {
    const last = whole.at(-1)
    const follows = step.type === 'model_output' && last?.type === 'model_output' && last.content.every(({ type }) => type === 'image')
    if (follows) whole[whole.length - 1] = { type: 'model_output', content: [...last.content, ...step.content] }
    else whole.push(step)
  }
  return whole
}
