import type { ModelRequest } from '../model.ts'
import { type ErrorContext, refused, unbuildable, unreachable } from './error.ts'
import type { GeminiResponse, Sending } from './options.ts'
import { type OpenAnswer, readAnswer } from './read.ts'
import { bodyOf, type Envelope, type RequestBuilder } from './request.ts'
import { watchdog } from './watchdog.ts'

/** What one attempt is made with. */
export interface AttemptOptions {
  readonly request: ModelRequest
  readonly signal: AbortSignal
  readonly sending: Sending
  readonly builder: RequestBuilder
  readonly context: ErrorContext
}

/** Sends a request once and reads up to the first chunk of its answer. Rejects with a `ModelError`, or with the caller's reason. */
export async function openAnswer({ request, signal, sending, builder, context }: AttemptOptions): Promise<OpenAnswer> {
  const watch = watchdog(signal, sending.callMs)
  try {
    if (sending.stream) watch.allow(sending.firstChunkMs, 'timeouts.firstChunkMs')
    const envelope = builder.kept(request) ?? (await watch.wait(build(builder, request, context)))
    const discreet = { ...context, secrets: [...(context.secrets ?? []), ...envelope.secrets] }
    const response = await watch.wait(post(request, envelope, sending, watch.signal, discreet))
    if (response.status < 200 || response.status > 299) {
      const body = await watch.wait(textOf(response))
      throw refused({ status: response.status, headers: response.headers, body }, discreet)
    }
    return await readAnswer(response, { sending, watch, context: discreet })
  } catch (error) {
    watch.stop(true)
    throw error
  }
}

async function build(builder: RequestBuilder, request: ModelRequest, context: ErrorContext): Promise<Envelope> {
  try {
    return await builder.build(request)
  } catch (error) {
    throw unbuildable(error, context)
  }
}

async function post(
  request: ModelRequest,
  envelope: Envelope,
  { fetch }: Sending,
  signal: AbortSignal,
  context: ErrorContext,
): Promise<GeminiResponse> {
  const body = bodyOf(request, envelope)
  try {
    return await fetch(envelope.url, { method: 'POST', headers: envelope.headers, body, signal })
  } catch (error) {
    throw unreachable(error, context)
  }
}

/** What a refusal says; where the line breaks in it, its status says enough. */
async function textOf(response: GeminiResponse): Promise<string> {
  try {
    return await response.text()
  } catch {
    return ''
  }
}
