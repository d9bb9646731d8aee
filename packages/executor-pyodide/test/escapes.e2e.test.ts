import { dirname } from 'node:path'
import type { Executor } from '@interloop/core/executor'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../../executor-remote/test/escapes/world.ts'
import { run } from '../../executor-remote/test/started.ts'
import { pyodideExecutor } from '../src/index.ts'
import { ATTEMPTS, programOf } from './escapes/attempts.ts'
import { type OpenHost, openHost } from './escapes/open-host.ts'
import { LEVELS } from './levels.ts'

// Each attempt of escapes/attempts.ts is made in a session of its own at each level, where it has to be held, and in plain
// Pyodide, where it has to get out: an attempt that nothing could see proves nothing.

let world: World
let open: OpenHost

beforeAll(async () => {
  world = await makeWorld(undefined)
  for (const [name, value] of Object.entries(world.environment)) process.env[name] = value
  const { secretFile, secret } = world.given()
  open = openHost({ folder: dirname(String(secretFile)), environment: world.environment, input: String(secret) })
})
afterAll(async () => {
  await open.close()
  await world.close()
  for (const name of Object.keys(world.environment)) delete process.env[name]
})
beforeEach(() => world.renew())

describe('plain Pyodide', () => {
  for (const attempt of ATTEMPTS) {
    test(`${attempt.name}: it would be seen`, async () => {
      const output = await open.run(programOf(attempt, told()))
      await vi.waitFor(async () => expect(await seen(output)).not.toEqual([]))
    })
  }
})

for (const isolation of LEVELS) {
  describe(`a program at level ${isolation}`, () => {
    let executor: Executor
    beforeAll(async () => {
      executor = pyodideExecutor({ isolation, pool: 2 })
      await executor.prepare?.()
    })
    afterAll(() => executor[Symbol.asyncDispose]())

    for (const attempt of ATTEMPTS) {
      test(`never ${attempt.name}`, async () => {
        await using session = await executor.createSession()
        const { stdout, stderr, error } = await run(session, programOf(attempt, told()))
        expect(await seen(`${stdout}${stderr}${error?.traceback ?? ''}`)).toEqual([])
      })
    }
  })
}

/** What a program is told of the world: where things are, not what is in them. */
function told(): Readonly<Record<string, string | number>> {
  const { secret, environmentSecret, ...places } = world.given()
  return places
}

/** What got out, seen from outside. */
async function seen(output: string): Promise<readonly string[]> {
  const { secret, environmentSecret } = world.given()
  const signs = {
    'a secret file was read': output.includes(String(secret)),
    'a secret of the environment was read': output.includes(String(environmentSecret)),
    'a path of the host was read': output.includes(dirname(import.meta.dirname)),
    'a file was written': (await world.written()).length > 0,
    'a server was visited': world.visits() > 0,
    'a process was killed': !world.isCanaryAlive(),
  }
  return Object.entries(signs).flatMap(([sign, isSeen]) => (isSeen ? [sign] : []))
}
