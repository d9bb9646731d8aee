// The model port, in Gemini's own shapes. They are declared structurally: the SDK's values fit in without a cast,
// and fields that stand here nowhere survive, because values are handed on as they are.

/** A part of a conversation. One of the members says what it is; unknown members are kept. */
export interface Part {
  readonly text?: string | undefined
  readonly thought?: boolean | undefined
  /** Beside the payload it signs; must go back with exactly that part (gemini-wire.md 1.7). */
  readonly thoughtSignature?: string | undefined
  readonly functionCall?:
    | {
        readonly id?: string | undefined
        readonly name?: string | undefined
        readonly args?: Readonly<Record<string, unknown>> | undefined
      }
    | undefined
  readonly functionResponse?:
    | {
        readonly id?: string | undefined
        readonly name?: string | undefined
        readonly response?: Readonly<Record<string, unknown>> | undefined
        readonly parts?: readonly object[] | undefined
      }
    | undefined
  readonly executableCode?:
    | { readonly id?: string | undefined; readonly code?: string | undefined; readonly language?: string | undefined }
    | undefined
  readonly codeExecutionResult?:
    | { readonly id?: string | undefined; readonly outcome?: string | undefined; readonly output?: string | undefined }
    | undefined
  readonly inlineData?:
    | { readonly mimeType?: string | undefined; readonly data?: string | undefined; readonly displayName?: string | undefined }
    | undefined
  readonly fileData?: { readonly fileUri?: string | undefined; readonly mimeType?: string | undefined } | undefined
}

/** One turn of a conversation, by `user` or `model`. */
export interface Content {
  readonly role?: string | undefined
  readonly parts?: readonly Part[] | undefined
}

/** What writes. Asking it once is `generate`. */
export interface Model {
  /** As the provider names it: `gemini-3.5-flash`. */
  readonly name: string
  readonly traits?: ModelTraits | undefined
  /** Throws a `ModelError` for what can be found wrong without the network, a missing key. A run asks it first, before it prepares its executor. */
  preflight?(): void
  /**
   * Asks once. The chunks are those of a stream; a unary answer is one chunk. Rejects with `ModelError`; retries what did not
   * get through itself, until its first chunk, and tells so in chunks with `retry`. Must stop when the signal aborts.
   * An adapter whose chunks come several at once returns a `ChunkIterator`.
   */
  generate(request: ModelRequest, options: GenerateOptions): AsyncIterable<ModelChunk>
}

/** An iterator of chunks that knows which of them came together. */
export interface ChunkIterator extends AsyncIterator<ModelChunk> {
  /** The next chunk where it is there already, so that nobody waits for each. Asked between two calls of `next`. Throws as `next` rejects. */
  buffered?(): ModelChunk | undefined
}

/** What a model is handed beside the request. */
export interface GenerateOptions {
  readonly signal: AbortSignal
  /** How often this call was already sent again because its stream broke; counts against the adapter's own retries. @default 0 */
  readonly retried?: number | undefined
}

/** What the loop must know to speak to a model. */
export interface ModelTraits {
  /** Images may ride in `functionResponse.parts` (Gemini 3); otherwise they follow as parts of their own. @default true */
  readonly imagesInFunctionResponses?: boolean | undefined
  /** Google's code execution tool may be declared. @default false */
  readonly nativeCodeExecution?: boolean | undefined
  /** Google's own tools may be declared beside functions (Gemini 3). @default false */
  readonly nativeWithFunctions?: boolean | undefined
}

/** `tools`, `config` and each `Content` stay the same object while they mean the same, and are never changed: adapters cache by identity. */
export interface ModelRequest {
  readonly contents: readonly Content[]
  readonly instructions?: string | undefined
  /** Gemini's `Tool` objects. */
  readonly tools?: readonly Readonly<object>[] | undefined
  readonly toolMode?: 'auto' | 'any' | 'none' | 'validated' | undefined
  /** Passed through: temperature, thinkingConfig, safetySettings, cachedContent, labels …; a response schema only in the call that it is for. */
  readonly config?: Readonly<object> | undefined
}

/** A streamed `GenerateContentResponse`; the SDK's own one fits. `content` may be `{}` or `{role}` (gemini-wire.md 3.10). */
export interface ModelChunk {
  readonly candidates?:
    | readonly {
        readonly content?: Content | undefined
        readonly finishReason?: string | undefined
        readonly finishMessage?: string | undefined
      }[]
    | undefined
  readonly promptFeedback?: { readonly blockReason?: string | undefined; readonly blockReasonMessage?: string | undefined } | undefined
  readonly usageMetadata?: object | undefined
  readonly modelVersion?: string | undefined
  readonly responseId?: string | undefined
  /** Ours: this call is being sent again. Only before the first other chunk. */
  readonly retry?: { readonly attempt: number; readonly delayMs: number; readonly code: string } | undefined
}
