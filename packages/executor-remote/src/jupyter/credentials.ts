import { ExecutorError } from '@interloop/core/executor'
import type { JupyterOptions } from './options.ts'

/** Who we are to a server: always a header, never a part of a URL. */
export interface Credentials {
  headers(): Promise<Readonly<Record<string, string>>>
  /** After the server refused these headers: others, where the token is a function that gives another one; otherwise nothing. */
  renewed(refused: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>> | undefined>
}

/** `Authorization: token …` is understood by all generations, `Bearer` is not (remote.md 1.1). */
export function createCredentials({ token, headers = {} }: Pick<JupyterOptions, 'token' | 'headers'>): Credentials {
  let current: Promise<string | undefined> | undefined

  async function ask(): Promise<string | undefined> {
    if (typeof token !== 'function') return token
    try {
      return await token()
    } catch (error) {
      throw new ExecutorError('unauthorized', 'the option token is a function, and it failed', { started: 'no', cause: error })
    }
  }

  async function give(): Promise<Readonly<Record<string, string>>> {
    const asking = current ?? ask()
    current = asking
    try {
      const value = await asking
      return value === undefined || value === '' ? headers : { ...headers, authorization: `token ${value}` }
    } catch (error) {
      if (current === asking) current = undefined
      throw error
    }
  }

  return {
    headers: give,
    async renewed(refused) {
      if (typeof token !== 'function') return undefined
      const known = await give()
      // Somebody else may have renewed it meanwhile.
      if (known['authorization'] !== refused['authorization']) return known
      current = undefined
      const fresh = await give()
      return fresh['authorization'] === refused['authorization'] ? undefined : fresh
    },
  }
}
