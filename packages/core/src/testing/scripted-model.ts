import type { Content, GenerateOptions, Model, ModelChunk, ModelRequest, ModelTraits } from '../model.ts'

/** What a scripted model says to one request: its chunks, or a function of the request that makes them (or throws). */
export type ScriptedAnswer =
  | readonly ModelChunk[]
  | ((
      request: ModelRequest,
      signal: AbortSignal,
      /** How often the loop says this call was already sent again. */
      retried: number,
    ) => AsyncIterable<ModelChunk> | readonly ModelChunk[])

/** A model that answers from a script. */
export interface ScriptedModel extends Model {
  /** Every request so far, in order. */
  readonly requests: readonly ModelRequest[]
  /** Throws when answers are left over. */
  assertDone(): void
}

/** Options of `scriptedModel`. */
export interface ScriptedModelOptions {
  /** @default 'scripted' */
  readonly name?: string | undefined
  readonly traits?: ModelTraits | undefined
}

/** A model that gives one answer after the other. `generate` throws when it is asked for more than it knows, `assertDone` when something is left over. */
export function scriptedModel(answers: readonly ScriptedAnswer[], options: ScriptedModelOptions = {}): ScriptedModel {
  const requests: ModelRequest[] = []
  return {
    name: options.name ?? 'scripted',
    traits: options.traits,
    requests,
    async *generate(request: ModelRequest, { signal, retried = 0 }: GenerateOptions): AsyncGenerator<ModelChunk, void, void> {
      signal.throwIfAborted()
      const next = answers[requests.length]
      requests.push(request)
      if (next === undefined) {
        throw new Error(`scriptedModel knows ${count(answers.length, 'answer')}, and was asked ${requests.length} times`)
      }
      for await (const chunk of typeof next === 'function' ? next(request, signal, retried) : next) {
        signal.throwIfAborted()
        yield chunk
      }
    },
    assertDone(): void {
      const left = answers.length - requests.length
      if (left > 0) throw new Error(`scriptedModel has ${count(left, 'answer')} left over of ${answers.length}`)
    },
  }
}

/** What can be said of every answer made by `answer`. */
export interface AnswerOptions {
  /** How many chunks the answer comes in. Text is cut between characters; a call is never cut (gemini-wire.md 3.7), empty text follows it. @default 1 */
  readonly in?: number | undefined
  /** Of the last chunk; `null` leaves it out, as in a stream that breaks. @default 'STOP' */
  readonly finishReason?: string | null | undefined
  readonly finishMessage?: string | undefined
  /** Of the last chunk. @default 10 tokens of prompt, 5 of answer, 15 in all */
  readonly usageMetadata?: object | undefined
  /** Put on the part that real models sign: the call, the executable code, the last text (gemini-wire.md 1.7). */
  readonly signature?: string | undefined
}

/** Options of answers that call something. */
export interface CallAnswerOptions extends AnswerOptions {
  /** Of the call, as newer Gemini 3 models give it. */
  readonly id?: string | undefined
  /** Text that the model says before it. */
  readonly before?: string | undefined
}

/** Options of `answer.native`. */
export interface NativeAnswerOptions extends CallAnswerOptions {
  /** What Google's own tool made of it; without it the model's host says nothing, as for code that it did not run. */
  readonly result?: { readonly outcome: string; readonly output?: string | undefined } | undefined
  /** Text that the model says after the result. */
  readonly after?: string | undefined
}

/** Options of `answer.fenced`. */
export interface FencedAnswerOptions extends AnswerOptions {
  /** The label of the fence. @default 'python' */
  readonly label?: string | undefined
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** A part in an answer; fields that `Part` does not know are kept, as they are from a real model. */
type AnyPart = NonNullable<Content['parts']>[number] & { readonly [field: string]: unknown }

/** Answers of a model, made short. Each is a list of chunks, so that they can also be joined, changed and looked at. */
export interface AnswerMakers {
  /** Says a text. */
  text(text: string, options?: AnswerOptions): readonly ModelChunk[]
  /** Calls `run_python` with this code. */
  code(code: string, options?: CallAnswerOptions): readonly ModelChunk[]
  /** Calls a function. */
  call(name: string, args: Readonly<Record<string, unknown>>, options?: CallAnswerOptions): readonly ModelChunk[]
  /** Writes code in Gemini's own form, an `executableCode` part. */
  native(code: string, options?: NativeAnswerOptions): readonly ModelChunk[]
  /** Writes code in a fenced block of text. */
  fenced(code: string, options?: FencedAnswerOptions): readonly ModelChunk[]
  /** Any parts, in one chunk; more chunks hold empty text. */
  parts(parts: readonly AnyPart[], options?: AnswerOptions): readonly ModelChunk[]
  /** Ends without any content: `answer.finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(…')`. `null` is an empty stream that says nothing. */
  finish(finishReason: string | null, finishMessage?: string): readonly ModelChunk[]
  /** The prompt was blocked: no candidates at all (gemini-wire.md 1.5). */
  blocked(blockReason: string, blockReasonMessage?: string): readonly ModelChunk[]
  /** Fails, after some chunks where they are given: a stream that breaks. */
  failure(error: Error, after?: readonly ModelChunk[]): ScriptedAnswer
}

/** See `AnswerMakers`: `answer.text('4')`, `answer.code('print(2 + 2)')`, `answer.fenced('print(2 + 2)', { in: 3 })`. */
export const answer: AnswerMakers = {
  text: (text, options = {}) => textAnswer(text, options),
  code: (code, options = {}) => answer.call('run_python', { code }, options),
  call: (name, args, options = {}) =>
    partsAnswer([...textBefore(options), { functionCall: { ...idOf(options), name, args }, ...signatureOf(options) }], options),
  native: (code, options = {}) =>
    partsAnswer(
      [
        ...textBefore(options),
        { executableCode: { ...idOf(options), language: 'PYTHON', code }, ...signatureOf(options) },
        ...(options.result === undefined ? [] : [{ codeExecutionResult: { ...idOf(options), ...options.result } }]),
        ...(options.after === undefined ? [] : [{ text: options.after }]),
      ],
      options,
    ),
  fenced: (code, options = {}) =>
    textAnswer(
      `${options.before ?? ''}\`\`\`${options.label ?? 'python'}\n${code}${code.endsWith('\n') ? '' : '\n'}\`\`\`\n${options.after ?? ''}`,
      options,
    ),
  parts: (parts, options = {}) => partsAnswer(parts, options),
  finish: (finishReason, finishMessage) =>
    finishReason === null
      ? []
      : [
          {
            candidates: [{ content: {}, finishReason, ...(finishMessage === undefined ? {} : { finishMessage }) }],
            usageMetadata: USAGE,
          },
        ],
  blocked: (blockReason, blockReasonMessage) => [
    {
      promptFeedback: { blockReason, ...(blockReasonMessage === undefined ? {} : { blockReasonMessage }) },
      usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 },
    },
  ],
  failure: (error, after = []) =>
    async function* failing(): AsyncGenerator<ModelChunk, void, void> {
      yield* after
      throw error
    },
}

const USAGE = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }

function textAnswer(text: string, options: AnswerOptions): readonly ModelChunk[] {
  const pieces = cut(text, options.in ?? 1)
  const last = pieces.length - 1
  return chunks(
    pieces.map((piece, index) => [{ text: piece, ...(index === last ? signatureOf(options) : {}) }]),
    options,
  )
}

function partsAnswer(parts: readonly AnyPart[], options: AnswerOptions): readonly ModelChunk[] {
  const filler = Array.from({ length: (options.in ?? 1) - 1 }, () => [{ text: '' }])
  return chunks([parts, ...filler], options)
}

function chunks(groups: readonly (readonly AnyPart[])[], options: AnswerOptions): readonly ModelChunk[] {
  const { finishReason = 'STOP', finishMessage, usageMetadata = USAGE } = options
  return groups.map((parts, index) => {
    const content = { role: 'model', parts }
    if (index < groups.length - 1) return { candidates: [{ content }] }
    const end = {
      ...(finishReason === null ? {} : { finishReason }),
      ...(finishMessage === undefined ? {} : { finishMessage }),
    }
    return { candidates: [{ content, ...end }], usageMetadata }
  })
}

/** Equal pieces, cut between code points: a real server never cuts a character. */
function cut(text: string, pieces: number): readonly string[] {
  const characters = Array.from(text)
  const size = Math.ceil(characters.length / pieces)
  return Array.from({ length: pieces }, (_, index) => characters.slice(index * size, (index + 1) * size).join(''))
}

function textBefore({ before }: CallAnswerOptions): readonly AnyPart[] {
  return before === undefined ? [] : [{ text: before }]
}

function idOf({ id }: CallAnswerOptions): { readonly id?: string } {
  return id === undefined ? {} : { id }
}

function signatureOf({ signature }: AnswerOptions): { readonly thoughtSignature?: string } {
  return signature === undefined ? {} : { thoughtSignature: signature }
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
