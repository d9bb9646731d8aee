import { describe, expect, it } from 'vitest'
import { OptionsError } from '../errors.ts'
import { gemini } from './gemini.ts'
import { type GeminiOptions, traitsOf } from './options.ts'

describe('options that cannot be right', () => {
  it.each<[Partial<Record<keyof GeminiOptions, unknown>>, string, string]>([
    [{ model: '' }, 'model', 'model must be the name of a model, such as gemini-3.5-flash, got ""'],
    [{ model: undefined }, 'model', 'model must be the name of a model, such as gemini-3.5-flash, got undefined'],
    [{ retries: -1 }, 'retries', 'retries must be a whole number of at least 0, got -1'],
    [{ retries: 1.5 }, 'retries', 'retries must be a whole number of at least 0, got 1.5'],
    [{ timeouts: { stallMs: 0 } }, 'timeouts.stallMs', 'timeouts.stallMs must be a number of milliseconds above 0, got 0'],
    [{ timeouts: { callMs: Number.NaN } }, 'timeouts.callMs', 'timeouts.callMs must be a number of milliseconds above 0, got NaN'],
    [{ fetch: 'undici' }, 'fetch', 'fetch must be a function, got "undici"'],
  ])('%j is an OptionsError at once', (options, option, message) => {
    const thrown = caught(() => gemini({ model: 'gemini-3.5-flash', ...options } as GeminiOptions))
    expect(OptionsError.is(thrown)).toBe(true)
    expect(thrown).toMatchObject({ option, message })
  })

  it('takes options that are named and left undefined, and time-outs that never come', () => {
    const nothing = { apiKey: undefined, vertexai: undefined, stream: undefined, retries: undefined, timeouts: undefined, fetch: undefined }
    expect(gemini({ model: 'gemini-3.5-flash', ...nothing }).name).toBe('gemini-3.5-flash')
    expect(gemini({ model: 'gemini-3.5-flash', timeouts: { callMs: Number.POSITIVE_INFINITY } }).name).toBe('gemini-3.5-flash')
  })
})

it('takes the fetch of the platform, and all that the contract names, without a cast', () => {
  const options: GeminiOptions = {
    model: 'gemini-3.5-flash',
    apiKey: 'a-key',
    headers: { 'x-extra': '1' },
    timeouts: { firstChunkMs: 1_000 },
    fetch: globalThis.fetch,
  }
  expect(gemini(options).traits).toEqual(traitsOf(options))
})

describe('traitsOf', () => {
  it.each([
    ['gemini-1.5-pro', false],
    ['gemini-2.5-flash', false],
    ['models/gemini-2.0-flash-001', false],
    ['publishers/google/models/gemini-2.5-pro', false],
    ['gemini-3-flash-preview', true],
    ['gemini-3.5-flash', true],
    ['gemini-flash-latest', true],
    ['gemini-20', true],
    ['tunedModels/mine', true],
  ])('knows by the name what %s can', (model, from3) => {
    expect(traitsOf({ model })).toEqual({
      imagesInFunctionResponses: from3,
      nativeCodeExecution: true,
      nativeWithFunctions: from3,
    })
  })

  it('believes who knows better', () => {
    expect(traitsOf({ model: 'gemini-2.5-flash', imagesInFunctionResponses: true }).imagesInFunctionResponses).toBe(true)
  })
})

function caught(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}
