import { ModelError } from '../errors.ts'
import type { GeminiOptions } from './options.ts'

/** The environment, as the SDK sees it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What is known of the credentials before anything is sent. */
export interface Credentials {
  /** What to say of the key when it is refused; it names the last four characters and where they come from. */
  readonly keyHint?: string
  /** Never to be told. */
  readonly secrets: readonly string[]
}

/**
 * Finds what cannot work before any network and before the SDK is loaded, with the reason that the SDK would keep to itself (ux.md 6.1, 6.2). Throws `ModelError` `key_missing`, `key_invalid` or
 * `misconfigured`. Nothing else here reads the environment.
 */
export function preflight(options: GeminiOptions, environment: Environment = environmentOf()): Credentials {
  const read = (name: string): string => environment[name]?.trim() ?? ''
  return usesVertex(options, environment) ? vertexCredentials(options, read) : apiCredentials(options, read)
}

type Read = (name: string) => string

function usesVertex({ vertexai }: GeminiOptions, environment: Environment): boolean {
  if (vertexai !== undefined) return vertexai
  // The first that is set decides, also with an empty value, as in the SDK.
  const name = ['GOOGLE_GENAI_USE_ENTERPRISE', 'GOOGLE_GENAI_USE_VERTEXAI'].find((flag) => environment[flag] !== undefined)
  const value = name === undefined ? '' : (environment[name]?.trim() ?? '')
  if (value.toLowerCase() === 'true') return true
  if (['', 'false', '0', 'no', 'off'].includes(value.toLowerCase())) return false
  throw new ModelError('misconfigured', `${name} is '${value}'; the SDK accepts only 'true'`, {
    hint: `export ${name}=true, or unset it to use the Gemini API.`,
  })
}

function apiCredentials(options: GeminiOptions, read: Read): Credentials {
  for (const option of ['project', 'location'] as const) {
    if (options[option] !== undefined) {
      throw new ModelError('misconfigured', `${option} is given, but the Gemini API has none`, {
        hint: `Set vertexai: true, or leave out ${option}.`,
      })
    }
  }
  const key = keyOf(options, read)
  if (key !== undefined) return checked(key)
  const secrets = headerSecrets(options)
  if (options.googleAuthOptions !== undefined || secrets.length > 0) return { secrets }
  throw new ModelError('key_missing', 'No Gemini API key', {
    hint: 'Get one at https://aistudio.google.com/apikey, then: export GEMINI_API_KEY=…',
  })
}

function vertexCredentials(options: GeminiOptions, read: Read): Credentials {
  const key = keyOf(options, read)
  const inEnvironment = read('GOOGLE_CLOUD_PROJECT') !== '' || read('GOOGLE_CLOUD_LOCATION') !== ''
  const named = options.project !== undefined || options.location !== undefined
  // A key that is given beats the environment's project; a project, however given, beats the environment's key (ux.md 6.1).
  const byKey = key !== undefined && (options.apiKey !== undefined || !(named || inEnvironment))
  if (byKey) return checked(key)
  const project = options.project ?? read('GOOGLE_CLOUD_PROJECT')
  const elsewhere = options.baseUrl !== undefined || read('GOOGLE_VERTEX_BASE_URL') !== ''
  if (project === '' && !elsewhere) {
    throw new ModelError('misconfigured', 'Vertex AI needs a project or an API key', {
      hint: 'export GOOGLE_CLOUD_PROJECT=…, or give project to gemini(); for express mode give apiKey.',
    })
  }
  return { secrets: headerSecrets(options) }
}

interface Key {
  readonly value: string
  /** `GEMINI_API_KEY`, or `apiKey` for the option. */
  readonly from: string
  /** Set beside it, and not used. */
  readonly other?: string
}

function keyOf({ apiKey }: GeminiOptions, read: Read): Key | undefined {
  // An empty option is no key to the SDK either, and hides those of the environment.
  if (apiKey !== undefined) return apiKey === '' ? undefined : { value: apiKey, from: 'apiKey' }
  const [google, gemini] = [read('GOOGLE_API_KEY'), read('GEMINI_API_KEY')]
  if (google !== '')
    return { value: google, from: 'GOOGLE_API_KEY', ...(gemini !== '' && gemini !== google && { other: 'GEMINI_API_KEY' }) }
  return gemini === '' ? undefined : { value: gemini, from: 'GEMINI_API_KEY' }
}

function checked({ value, from, other }: Key): Credentials {
  const wrong = /["'`“”‘’]/.test(value)
    ? 'quotation marks'
    : /\s/.test(value)
      ? 'spaces'
      : /[^\x21-\x7e]/.test(value)
        ? 'characters that no key has'
        : undefined
  if (wrong !== undefined) throw new ModelError('key_invalid', `${from} contains ${wrong}`, { hint: 'Remove them.' })
  const ending = value.length >= 12 ? ` ending …${value.slice(-4)}` : ''
  const both = other === undefined ? '' : ` Is ${other} the right one? Both are set.`
  return { keyHint: `The key${ending} comes from ${from}.${both}`, secrets: [value] }
}

function headerSecrets({ headers = {} }: GeminiOptions): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    ['authorization', 'x-goog-api-key'].includes(name.toLowerCase()) ? [value.replace(/^Bearer /i, '')] : [],
  )
}

/** Nothing in a browser. */
function environmentOf(): Environment {
  return (globalThis as { readonly process?: { readonly env?: Environment } }).process?.env ?? {}
}
