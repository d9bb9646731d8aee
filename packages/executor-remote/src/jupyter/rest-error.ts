import { ExecutorError } from '@interloop/core/executor'

/** What a server answered. */
export interface RestAnswer {
  readonly status: number
  /** Lower case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

const QUOTA = /resource limit|max(imum)? kernels|kernels? limit|active user limit|maximum of \d+ named servers|quota/i

const STARTED = { started: 'no' } as const

/** What an answer that is no success means (remote.md 1.1). `what` says what was asked: `start a kernel`. */
export function restError(what: string, { status: answered, headers, text }: RestAnswer): ExecutorError {
  const said = messageOf(text)
  const told = `the Jupyter server could not ${what}: ${answered}${said === '' ? '' : ` ${said}`}`
  // An Enterprise Gateway hands its own refusals on as `500 HTTP 403: …`.
  const status = answered === 500 ? Number(/^HTTP (4\d\d): /.exec(said)?.[1] ?? answered) : answered
  const retryAfterMs = retryAfter(headers['retry-after'])
  if (QUOTA.test(said) || status === 429) {
    return new ExecutorError('overloaded', `${told}. Its limit is reached: end kernels or servers, or wait`, {
      ...STARTED,
      retryable: true,
      retryAfterMs,
    })
  }
  if (status === 401 || status === 403) {
    return new ExecutorError('unauthorized', `${told}. Check the option token, and that it may use kernels`, STARTED)
  }
  if (status >= 300 && status < 400) {
    const place = hostOf(headers['location'])
    return new ExecutorError(
      'protocol',
      `${told}. It redirects${place}, which is not followed: check the option endpoint, and the token`,
      STARTED,
    )
  }
  if (status === 424 || status === 502 || status === 503 || status === 504) {
    const hint = status === 424 ? 'The server of this user is stopped' : 'It is not there at the moment'
    return new ExecutorError('unavailable', `${told}. ${hint}`, { ...STARTED, retryable: true, retryAfterMs })
  }
  if (status === 404) return new ExecutorError('not_found', `${told}. Check the option endpoint`, STARTED)
  if (status === 413) return new ExecutorError('too_large', told, STARTED)
  if (status >= 500) return new ExecutorError('internal', told, { ...STARTED, retryable: true })
  return new ExecutorError('protocol', told, STARTED)
}

/** For a success whose body is no JSON: a proxy's page, or no Jupyter at all. */
export function notJupyter(what: string, { status, text, headers }: RestAnswer): ExecutorError {
  const kind = headers['content-type'] ?? 'no content type'
  const page = /^\s*</.test(text) ? ', a page as browsers get it' : ''
  return new ExecutorError(
    'protocol',
    `what answered is no Jupyter server: asked to ${what} it said ${status} with ${kind}${page}. Check the option endpoint`,
    STARTED,
  )
}

/** For a request that got no answer. */
export function noAnswer(what: string, error: unknown): ExecutorError {
  const detail = error instanceof Error ? (codeOf(error) ?? error.message) : String(error)
  if (isDistrust(error)) {
    const told = `the certificate of the Jupyter server is not trusted (${detail}), so that it was not asked to ${what}`
    const hint = 'Say its authority as the option tls.ca, or another name of it as tls.servername'
    return new ExecutorError('unavailable', `${told}. ${hint}`, { ...STARTED, cause: error })
  }
  return new ExecutorError('unavailable', `the Jupyter server could not be reached to ${what}: ${detail}`, {
    ...STARTED,
    retryable: true,
    cause: error,
  })
}

/** Whether it is the server's certificate that makes a request fail, which another attempt does not mend. */
export function isDistrust(error: unknown): boolean {
  return error instanceof Error && /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/.test(codeOf(error) ?? '')
}

/** Milliseconds of a `Retry-After` in seconds; dates are not used by these servers. */
function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header)
  return header === undefined || header === '' || !Number.isFinite(seconds) ? undefined : Math.max(0, seconds * 1000)
}

/** The server's own sentence, short; nothing of a page. */
function messageOf(text: string): string {
  if (/^\s*</.test(text)) return '(an HTML page)'
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'string') return body.slice(0, 300)
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string')
      return body.message.slice(0, 300)
    return ''
  } catch {
    return text.trim().slice(0, 300)
  }
}

function hostOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).host}` : ''
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
