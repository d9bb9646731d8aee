import { ModelError, type ModelErrorCode } from '../errors.ts'
import { retryAfterOf, retryInfoOf } from './retry-after.ts'

/** What an error is told with: where the key came from is known before (preflight.ts), and no secret may stand in a message. */
export interface ErrorContext {
  readonly model: string
  /** `The key ending …abcd comes from GEMINI_API_KEY.` */
  readonly keyHint?: string | undefined
  /** Values that are taken out of what servers say. */
  readonly secrets?: readonly string[] | undefined
}

/** A response that is no answer. */
export interface Refusal {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: string
}

/** What a server refused, as a `ModelError` (ux.md 6.2, gemini-wire.md 3.9). */
export function refused({ status, headers, body }: Refusal, context: ErrorContext): ModelError {
  const google = googleErrorOf(body)
  return modelErrorOf(status, google, google?.message ?? `${status}: ${excerpt(body)}`, retryAfterOf(headers.get('retry-after')), context)
}

/** An error that came inside an answer that had begun well: an SSE frame or a body with `error` (gemini-wire.md 1.10). */
export function refusedInside(value: unknown, context: ErrorContext): ModelError {
  const google = googleErrorOf(JSON.stringify(value))
  return modelErrorOf(google?.code ?? 500, google, google?.message ?? excerpt(JSON.stringify(value)), undefined, context)
}

/** Whether a parsed value is an error in the form of Google's APIs, alone or in an array. */
export function isGoogleError(value: unknown): boolean {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return isObject(one) && one['error'] !== undefined && one['error'] !== null
}

/** The answer is not in the form of Gemini's API, or ended before it was whole. */
export function broken(
  message: string,
  options: { readonly code?: 'protocol' | 'network'; readonly retryable: boolean; readonly cause?: unknown },
): ModelError {
  return new ModelError(options.code ?? 'protocol', message, {
    retryable: options.retryable,
    hint: options.retryable
      ? 'Ask again; if it stays so, look at the proxy or gateway in between.'
      : 'Is baseUrl the address of a Gemini API? A proxy may have answered instead.',
    cause: options.cause,
  })
}

/** Whatever was thrown while a request was sent or its answer read. */
export function unreachable(error: unknown, context: ErrorContext): ModelError {
  if (ModelError.is(error)) return error
  const code = systemCodeOf(error)
  const message = cleaned(innermostMessage(error), context)
  if (TIMED_OUT.has(code)) {
    return new ModelError('timeout', `The connection to Gemini timed out: ${message}`, {
      retryable: true,
      hint: "Stream the answer (stream: true): the platform's fetch waits 300 s for the head of a response.",
      cause: error,
    })
  }
  const untrusted = UNTRUSTED.test(code)
  return new ModelError('network', `Gemini could not be reached: ${message}`, {
    retryable: !untrusted,
    hint: untrusted
      ? 'The certificate is not trusted. Behind a proxy that opens TLS, name its authority in NODE_EXTRA_CA_CERTS.'
      : 'Check the network, and baseUrl where it is set. Behind a proxy: HTTPS_PROXY with NODE_USE_ENV_PROXY=1.',
    cause: error,
  })
}

/** Whatever the SDK threw while it built a request: its options, its credentials, the file that it is in. */
export function unbuildable(error: unknown, context: ErrorContext): ModelError {
  if (ModelError.is(error)) return error
  const code = systemCodeOf(error)
  const message = cleaned(innermostMessage(error), context)
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return new ModelError('misconfigured', '@google/genai is not installed', { hint: 'npm install @google/genai', cause: error })
  }
  const status = isObject(error) && typeof error['status'] === 'number' ? error['status'] : 0
  if (/^E[A-Z]+$|^UND_ERR/.test(code) || status === 429 || status >= 500) return unreachable(error, context)
  return new ModelError('misconfigured', `The request to Gemini could not be built: ${message}`, {
    hint: 'Check the options of gemini() and the config. For Vertex AI: gcloud auth application-default login, or googleAuthOptions.',
    cause: error,
  })
}

interface GoogleError {
  readonly code?: number
  readonly status?: string
  readonly message?: string
  readonly details: readonly Readonly<Record<string, unknown>>[]
}

function modelErrorOf(
  status: number,
  google: GoogleError | undefined,
  message: string,
  retryAfterMs: number | undefined,
  context: ErrorContext,
): ModelError {
  const { code, hint, retryable } = meaningOf(status, google, context)
  const waitMs = retryable ? (retryInfoOf(google?.details ?? []) ?? retryAfterMs) : undefined
  return new ModelError(code, cleaned(message, context), { hint, retryable, retryAfterMs: waitMs })
}

interface Meaning {
  readonly code: ModelErrorCode
  readonly hint: string
  readonly retryable: boolean
}

/** Read from status, reasons and ids, never from the words of a message. */
function meaningOf(status: number, google: GoogleError | undefined, { model, keyHint = 'Check the API key.' }: ErrorContext): Meaning {
  const final = (code: ModelErrorCode, hint: string): Meaning => ({ code, hint, retryable: false })
  const passing = (code: ModelErrorCode, hint: string): Meaning => ({ code, hint, retryable: true })
  const { status: word, details = [] } = google ?? {}
  switch (status) {
    case 400:
      if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return final('key_invalid', keyHint)
      if (word === 'FAILED_PRECONDITION') {
        return final('permission', 'The free tier may not be offered in your country: switch billing on in AI Studio.')
      }
      return final('invalid_request', 'Gemini does not take the request as it is; the message says what. Check config, tools and input.')
    case 401:
      return final('key_invalid', keyHint)
    case 402:
      return final('permission', 'Prepaid credit is used up; every key of this account is affected.')
    case 403:
      return final('permission', `The key or account may not do this: is the API enabled, may it use ${model}? ${keyHint}`)
    case 404:
      return final('model_not_found', `Is ${model} the right name, and offered by this API version and location?`)
    case 408:
      return passing('timeout', 'Ask again.')
    case 413:
      return final('invalid_request', 'The request is too large: send less at once, or large files by the Files API.')
    case 429:
      return quotaIds(details).some((id) => id.includes('PerDay'))
        ? final('quota_day', `The requests a day for ${model} are used up. Try another model, or switch billing on.`)
        : passing('quota_minute', 'Wait, or ask for a higher quota.')
    case 409:
    case 500:
    case 502:
    case 503:
    case 504:
      return passing('overloaded', 'Gemini is overloaded. Try again later, or another model.')
  }
  // Proxies have statuses of their own: 520 to 530, 598.
  if (status > 505) return passing('overloaded', 'The server, or a proxy before it, is overloaded. Try again later.')
  if (status >= 400 && status < 500) return final('invalid_request', 'Gemini, or a proxy before it, refuses the request.')
  return final('protocol', 'Is baseUrl the address of a Gemini API?')
}

/** The error of a body: an object, an array with one (gemini-wire.md 3.9), or a text in place of the object. */
function googleErrorOf(body: string): GoogleError | undefined {
  const value = parsed(body)
  const outer: unknown = Array.isArray(value) ? value[0] : value
  const error = isObject(outer) ? outer['error'] : undefined
  if (typeof error === 'string') return { message: error, details: [] }
  if (!isObject(error)) return undefined
  const { code, status, message, details } = error
  return {
    ...(typeof code === 'number' && { code }),
    ...(typeof status === 'string' && { status }),
    ...(typeof message === 'string' && message !== '' && { message }),
    details: Array.isArray(details) ? details.filter(isObject) : [],
  }
}

function quotaIds(details: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return details
    .flatMap(({ violations }) => (Array.isArray(violations) ? violations : []))
    .map((violation: unknown) => (isObject(violation) ? String(violation['quotaId'] ?? '') : ''))
}

/** What a body that is no JSON says to a person: the title of a page, or its first words. */
function excerpt(body: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1]
  const text = (title ?? body.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ').trim()
  return text === '' ? 'without a body' : text.slice(0, 300)
}

function cleaned(message: string, { secrets = [] }: ErrorContext): string {
  return secrets.reduce((text, secret) => (secret === '' ? text : text.replaceAll(secret, '…')), message)
}

/** Of the error itself or of what caused it: `ECONNREFUSED` stands two levels down. */
function systemCodeOf(error: unknown): string {
  for (const one of causesOf(error)) if (isObject(one) && typeof one['code'] === 'string') return one['code']
  return ''
}

/** `fetch failed` says nothing; what caused it does. */
function innermostMessage(error: unknown): string {
  const messages = causesOf(error).flatMap((one) => (one instanceof Error && one.message !== '' ? [one.message] : []))
  return messages.at(-1) ?? (systemCodeOf(error) || String(error))
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = []
  for (let one = error; one !== undefined && one !== null && causes.length < 8; one = isObject(one) ? one['cause'] : undefined) {
    causes.push(one)
    // Where a name has several addresses, the reason stands in the errors of an AggregateError without a message.
    if (one instanceof AggregateError && one.errors.length > 0) causes.push(one.errors[0])
  }
  return causes
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const TIMED_OUT: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|ERR_TLS/
