import { expect } from 'vitest'
import { type AnswerReader, answerReader } from '../src/answer.ts'
import type { Told } from '../src/events.ts'
import type { Mode } from '../src/intercept/found.ts'
import { interceptor } from '../src/intercept/intercept.ts'
import type { Content, ModelChunk, Part } from '../src/model.ts'
import type { Step } from '../src/steps.ts'

/** A part with fields that nobody knows. */
export type AnyPart = Part & { readonly [field: string]: unknown }

/** A reader of one answer whose steps begin at 3, in a second regeneration. */
export function readerIn(mode: Mode, hosted = false): AnswerReader {
  const counts = { call: 0, code: 0 }
  const taken = new Set<string>()
  const newId = (kind: 'call' | 'code', given?: string): string => {
    const id = given !== undefined && !taken.has(given) ? given : `${kind}_${counts[kind]++}`
    taken.add(id)
    return id
  }
  return answerReader(interceptor(mode, hosted, newId), 3, 2)
}

/** Reads a whole answer. */
export function read(chunks: readonly ModelChunk[], mode: Mode = 'function', hosted = false) {
  const reader = readerIn(mode, hosted)
  const told = [...chunks.flatMap((one) => [...reader.read(one)]), ...reader.end(7, false)]
  return { told, answer: reader.answer() }
}

/** A chunk of these parts. */
export function chunk(...parts: readonly AnyPart[]): ModelChunk {
  const content: Content = { role: 'model', parts }
  return { candidates: [{ content }] }
}

/** A step that says a text. */
export function output(text: string): Step {
  return { type: 'model_output', content: [{ type: 'text', text }] }
}

/** An event in few words. */
export function shape(event: Told): string {
  if (event.event_type === 'step.delta') return `delta ${event.index} ${event.delta.type}`
  if (event.event_type !== 'step.start' && event.event_type !== 'step.stop') return event.event_type
  const discarded = 'discarded' in event.step && event.step.discarded ? ' discarded' : ''
  return `${event.event_type.slice(5)} ${event.index} ${event.step.type}${discarded}`
}

/** One step after the other: each starts, grows and stops under the next index. */
export function checkSteps(told: readonly Told[]): void {
  let open: number | undefined
  let next = 3
  for (const event of told) {
    if (event.event_type === 'step.start') {
      expect([open, event.index]).toEqual([undefined, next])
      open = next++
    } else if (event.event_type === 'step.delta') expect(event.index).toBe(open)
    else if (event.event_type === 'step.stop') {
      expect(event.index).toBe(open)
      open = undefined
    }
  }
  expect(open).toBeUndefined()
}
