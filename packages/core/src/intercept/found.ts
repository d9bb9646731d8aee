import type { Part } from '../model.ts'

/** How code is asked for. Native parts and function calls are understood in every mode, fences only in `fenced`. */
export type Mode = 'function' | 'native' | 'fenced' | 'off'

/** A program that the model wants to have run. */
export interface CodeCall {
  readonly kind: 'code'
  /** How it came, and so how it is answered; `salvaged` from a finish message. */
  readonly form: 'function' | 'native' | 'fenced' | 'salvaged'
  /** Ours: unique in the run. */
  readonly id: string
  /** What the model gave, and the only one that goes back to it. */
  readonly modelId?: string
  readonly code: string
  readonly language: string
  readonly signature?: string
  /** `model`: Google's own tool was declared, and has run it already. */
  readonly host: 'executor' | 'model'
  /** How often the answer has this very call beside the first time; each wants a reply. */
  readonly copies?: number
}

/** Another function that the model calls. */
export interface FunctionCall {
  readonly kind: 'function'
  readonly id: string
  readonly modelId?: string
  readonly name: string
  readonly arguments: unknown
  readonly signature?: string
  readonly copies?: number
}

/** What the model wants to have done. */
export type Call = CodeCall | FunctionCall

/** What a part of an answer means. Code that streams is told as `code_start`, `code` …, and ends with its `call`. */
export type Found =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thought'; readonly text: string }
  | { readonly kind: 'signature'; readonly signature: string; readonly of: 'thought' | 'model_output' }
  | { readonly kind: 'media'; readonly mimeType: string; readonly data?: string; readonly uri?: string }
  | { readonly kind: 'code_start'; readonly id: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'call'; readonly call: Call; readonly streamed: boolean; readonly unclosed?: true }
  | { readonly kind: 'hosted_result'; readonly callId?: string; readonly outcome: string; readonly output: string }

/** Reads the parts of one answer, in order, as they come. */
export interface Interceptor {
  read(part: Part): Iterable<Found>
  end(): Iterable<Found>
}

/** Makes ids for calls: the model's own where it is new in this run, otherwise one of ours (design.md 8.9, 8.10). */
export type NewId = (kind: 'call' | 'code', given?: string) => string
