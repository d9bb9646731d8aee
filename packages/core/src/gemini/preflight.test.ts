import { describe, expect, it } from 'vitest'
import { ModelError } from '../errors.ts'
import type { GeminiOptions } from './options.ts'
import { type Environment, preflight } from './preflight.ts'

type Case = readonly [what: string, options: Omit<GeminiOptions, 'model'>, environment: Environment]

describe('what cannot work', () => {
  it.each<readonly [...Case, string, string, string]>([
    ['no key', {}, {}, 'key_missing', 'No Gemini API key', 'Get one at https://aistudio.google.com/apikey, then: export GEMINI_API_KEY=…'],
    [
      'an empty key',
      { apiKey: '' },
      { GEMINI_API_KEY: 'abc' },
      'key_missing',
      'No Gemini API key',
      'Get one at https://aistudio.google.com/apikey, then: export GEMINI_API_KEY=…',
    ],
    ['a key of blanks', {}, { GEMINI_API_KEY: '  ' }, 'key_missing', 'No Gemini API key', expect.any(String)],
    ['a key in quotes', {}, { GEMINI_API_KEY: '"abc"' }, 'key_invalid', 'GEMINI_API_KEY contains quotation marks', 'Remove them.'],
    ['a key in curly quotes', {}, { GOOGLE_API_KEY: '“abc”' }, 'key_invalid', 'GOOGLE_API_KEY contains quotation marks', 'Remove them.'],
    ['a key with a space in it', {}, { GEMINI_API_KEY: 'ab c' }, 'key_invalid', 'GEMINI_API_KEY contains spaces', 'Remove them.'],
    ['a given key with a line feed', { apiKey: 'abc\n' }, {}, 'key_invalid', 'apiKey contains spaces', 'Remove them.'],
    ['a key with an ellipsis', { apiKey: 'abc…' }, {}, 'key_invalid', 'apiKey contains characters that no key has', 'Remove them.'],
    [
      'a flag that the SDK ignores',
      {},
      { GOOGLE_GENAI_USE_VERTEXAI: '1', GOOGLE_CLOUD_PROJECT: 'p' },
      'misconfigured',
      "GOOGLE_GENAI_USE_VERTEXAI is '1'; the SDK accepts only 'true'",
      'export GOOGLE_GENAI_USE_VERTEXAI=true, or unset it to use the Gemini API.',
    ],
    [
      'the newer flag with such a value',
      {},
      { GOOGLE_GENAI_USE_ENTERPRISE: 'yes', GOOGLE_GENAI_USE_VERTEXAI: 'true' },
      'misconfigured',
      "GOOGLE_GENAI_USE_ENTERPRISE is 'yes'; the SDK accepts only 'true'",
      expect.any(String),
    ],
    [
      'a project for the Gemini API',
      { apiKey: 'abc', project: 'p' },
      {},
      'misconfigured',
      'project is given, but the Gemini API has none',
      'Set vertexai: true, or leave out project.',
    ],
    [
      'Vertex AI without a project',
      { vertexai: true },
      {},
      'misconfigured',
      'Vertex AI needs a project or an API key',
      'export GOOGLE_CLOUD_PROJECT=…, or give project to gemini(); for express mode give apiKey.',
    ],
    [
      'Vertex AI with a location alone, which beats the key of the environment',
      { vertexai: true, location: 'europe-west4' },
      { GEMINI_API_KEY: 'abc' },
      'misconfigured',
      'Vertex AI needs a project or an API key',
      expect.any(String),
    ],
    ['an express key in quotes', { vertexai: true, apiKey: "'abc'" }, {}, 'key_invalid', 'apiKey contains quotation marks', 'Remove them.'],
  ])('%s', (_, options, environment, code, message, hint) => {
    const thrown = caught(options, environment)
    expect(ModelError.is(thrown)).toBe(true)
    expect(thrown).toMatchObject({ code, message, hint, retryable: false })
  })
})

describe('what may work', () => {
  it.each<readonly [...Case, object]>([
    ['a short key', { apiKey: 'abc' }, {}, { keyHint: 'The key comes from apiKey.', secrets: ['abc'] }],
    [
      'a key from the environment',
      {},
      { GEMINI_API_KEY: ' AIza-0123456789abcd\n' },
      { keyHint: 'The key ending …abcd comes from GEMINI_API_KEY.', secrets: ['AIza-0123456789abcd'] },
    ],
    [
      'two keys, of which the SDK takes the other one',
      {},
      { GEMINI_API_KEY: 'AIza-0123456789abcd', GOOGLE_API_KEY: 'AIza-0123456789wxyz' },
      {
        keyHint: 'The key ending …wxyz comes from GOOGLE_API_KEY. Is GEMINI_API_KEY the right one? Both are set.',
        secrets: ['AIza-0123456789wxyz'],
      },
    ],
    [
      'the same key twice',
      {},
      { GEMINI_API_KEY: 'abc', GOOGLE_API_KEY: 'abc' },
      { keyHint: 'The key comes from GOOGLE_API_KEY.', secrets: ['abc'] },
    ],
    ['a token in a header', { headers: { Authorization: 'Bearer a-token' } }, {}, { secrets: ['a-token'] }],
    ["credentials for Google's library", { googleAuthOptions: {} }, {}, { secrets: [] }],
    [
      'a flag that is off',
      {},
      { GOOGLE_GENAI_USE_VERTEXAI: '0', GEMINI_API_KEY: 'abc' },
      { keyHint: 'The key comes from GEMINI_API_KEY.', secrets: ['abc'] },
    ],
    [
      'a flag that the option overrules',
      { vertexai: false, apiKey: 'abc' },
      { GOOGLE_GENAI_USE_VERTEXAI: '1' },
      { keyHint: 'The key comes from apiKey.', secrets: ['abc'] },
    ],
    ['Vertex AI by the environment', {}, { GOOGLE_GENAI_USE_VERTEXAI: 'True', GOOGLE_CLOUD_PROJECT: 'p' }, { secrets: [] }],
    [
      'Vertex AI with a project, which beats a broken key of the environment',
      { vertexai: true, project: 'p' },
      { GEMINI_API_KEY: '"abc"' },
      { secrets: [] },
    ],
    [
      'Vertex AI with an express key',
      { vertexai: true, apiKey: 'abc' },
      { GOOGLE_CLOUD_PROJECT: 'p' },
      { keyHint: 'The key comes from apiKey.', secrets: ['abc'] },
    ],
    ['Vertex AI at an address of its own', { vertexai: true }, { GOOGLE_VERTEX_BASE_URL: 'http://127.0.0.1:1' }, { secrets: [] }],
  ])('%s', (_, options, environment, credentials) => {
    expect(preflight({ model: 'gemini-3.5-flash', ...options }, environment)).toEqual(credentials)
  })
})

function caught(options: Omit<GeminiOptions, 'model'>, environment: Environment): unknown {
  try {
    preflight({ model: 'gemini-3.5-flash', ...options }, environment)
  } catch (error) {
    return error
  }
  return undefined
}
