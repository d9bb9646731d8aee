import type { Display } from '../executor.ts'
import type { Step, StepOf } from '../steps.ts'

/** What a reader sees of a run, in order: a program stands together with its results, also where an answer had several programs. */
export type Block =
  | { readonly kind: 'user'; readonly step: StepOf<'user_input'> }
  | { readonly kind: 'thought'; readonly step: StepOf<'thought'> }
  | { readonly kind: 'said'; readonly step: StepOf<'model_output'> }
  | Program
  | { readonly kind: 'function'; readonly call: StepOf<'function_call'>; readonly result?: StepOf<'function_result'> }

/** A program and what came of it; Google's tool may tell no result, or two (gemini-wire.md 3.1). */
export interface Program {
  readonly kind: 'program'
  readonly call: StepOf<'code_execution_call'>
  /** What ran: the model's code, or what a decision of `approve` put in its place. */
  readonly code: string
  readonly edited: boolean
  readonly results: readonly StepOf<'code_execution_result'>[]
}

/** The steps as blocks, without those that were discarded. */
export function blocksOf(steps: readonly Step[]): readonly Block[] {
  return steps.flatMap((step) => blockOf(step, steps) ?? [])
}

function blockOf(step: Step, steps: readonly Step[]): Block | undefined {
  switch (step.type) {
    case 'user_input':
      return { kind: 'user', step }
    case 'thought':
      return step.discarded ? undefined : { kind: 'thought', step }
    case 'model_output':
      return step.discarded ? undefined : { kind: 'said', step }
    case 'code_execution_call':
      return programOf(step, steps)
    case 'function_call': {
      const result = steps.filter((other) => other.type === 'function_result').find((other) => other.call_id === step.id)
      return { kind: 'function', call: step, ...(result && { result }) }
    }
    case 'code_execution_result':
    case 'function_result':
      return undefined
  }
}

/** A call with its results. */
export function programOf(call: StepOf<'code_execution_call'>, steps: readonly Step[]): Program {
  const results = steps.filter((step) => step.type === 'code_execution_result').filter((step) => step.call_id === call.id)
  const edited = results.find((result) => result.edited)?.edited
  return { kind: 'program', call, code: edited?.code ?? call.arguments.code, edited: edited !== undefined, results }
}

/** Why none of a program ran, where that is so. */
export function whyNotRun({ results }: Program): StepOf<'code_execution_result'> | undefined {
  return results.find((result) => result.not_run)
}

/** A picture as bytes in base64. */
export interface Picture {
  readonly mimeType: string
  readonly data: string
}

/** Each figure of a result once: what was displayed, and the last value where it is a picture. */
export function picturesOf({ output }: StepOf<'code_execution_result'>): readonly Picture[] {
  const displays = output ? [...output.displays, ...(output.value ? [output.value] : [])] : []
  const pictures = new Map<string, Picture>()
  for (const display of displays) {
    const picture = pictureOf(display)
    if (picture) pictures.set(picture.data, picture)
  }
  return [...pictures.values()]
}

/** The best form first: a model's API takes these. */
const BINARY = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const

function pictureOf({ data }: Display): Picture | undefined {
  for (const mimeType of BINARY) {
    // Jupyter's bundles may have line breaks in their base64.
    const base64 = data[mimeType]?.replaceAll(/\s/g, '')
    if (base64) return { mimeType, data: base64 }
  }
  return undefined
}

/** What the program raised, as the interpreter told it: what is left of the result's text beside the streams (`resultOutput` of steps.ts). */
export function tracebackOf({ result, output }: StepOf<'code_execution_result'>): string {
  const { stdout = '', stderr = '' } = output ?? {}
  const errors = stdout ? withoutStart(result, `stdout: ${stdout}\n\nstderr: `) : result
  return stderr ? withoutStart(errors, errors === stderr ? stderr : `${stderr}\n`) : errors
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}
