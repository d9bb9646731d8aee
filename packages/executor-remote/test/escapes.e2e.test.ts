import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOnPath } from '@interloop/executor-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Attempter, startAttempter } from './escapes/attempter.ts'
import { makeWorld, processesWith, type World } from './escapes/world.ts'
import type { AttemptAnswer, AttemptRequest } from './programs/attempts.ts'

// Each attempt of escapes/attempts.py is made twice: confined, where it has to be held, and without confinement, where it has to
// get out: by `confine` alone, and in a session of `localExecutor`. What an ordinary user may not do in any case is shown to get out as root; where neither can show it, the test is skipped.

const ATTEMPTS_FILE = fileURLToPath(new URL('./escapes/attempts.py', import.meta.url))
const SYSTEM_PYTHON = '/usr/bin/python3'
const NOBODY = 65534
const isRoot = process.getuid?.() === 0
const bwrap = findOnPath('bwrap')
const attempts = listAttempts()
const source = await readFile(ATTEMPTS_FILE, 'utf8')
/** Attempts with tests of their own. */
const HAS_ITS_OWN: ReadonlySet<string> = new Set(['memory_of_many_processes', 'outlive', 'other_session'])
/** Attempts on what only a session has. */
const SESSION_ALONE: ReadonlySet<string> = new Set(['parent_memory', 'parent_descriptors', 'parent_stopped'])

/** As root, a supervisor has the user of its programs; Landlock keeps their signals from it, from Linux 6.12 on. */
const SCOPES_SIGNALS = release().localeCompare('6.12', 'en', { numeric: true }) >= 0

/** How an attempt ended that could be made. */
type Held = Exclude<AttemptAnswer, { readonly error: string }>

const LIMITS = { memoryBytes: 128 * 1024 ** 2, fileBytes: 32 * 1024 ** 2 }

if (bwrap === undefined) console.log('no bubblewrap: escapes are not tried')

describe.skipIf(bwrap === undefined)('a confined CPython', () => {
  tryAll('of root', undefined, isRoot, findOnPath('python3') ?? SYSTEM_PYTHON)
  tryAll('of an ordinary user', isRoot ? NOBODY : undefined, !isRoot || canRunAs(NOBODY), SYSTEM_PYTHON)
})

function tryAll(whose: string, user: number | undefined, isPossible: boolean, python: string): void {
  if (!isPossible) console.log(`escapes ${whose} are not tried: no such user can run here`)

  describe.skipIf(!isPossible)(whose, () => {
    let world: World
    let attempter: Attempter
    let ownFolder: string

    let rootAttempter: Attempter | undefined

    beforeAll(async () => {
      ownFolder = mkdtempSync(join(tmpdir(), 'interloop-attempt-'))
      await chmod(ownFolder, 0o777)
      world = await makeWorld(user)
      attempter = startFor(user)
      rootAttempter = user === undefined || !isRoot ? undefined : startFor(undefined)
    })
    beforeEach(() => world.renew())
    afterAll(async () => {
      await attempter.kill()
      await rootAttempter?.kill()
      await world.close()
      rmSync(ownFolder, { recursive: true, force: true })
    })

    function startFor(uid: number | undefined): Attempter {
      return startAttempter(uid, { PATH: process.env['PATH'], ...world.environment }, world.secretDescriptor)
    }

    function requestFor(name: string, how: AttemptRequest['how'], more: Readonly<Record<string, string>> = {}): AttemptRequest {
      const isConfined = how !== 'unconfined'
      const given = { ...world.given(), ...more, confined: isConfined, ownFolder: isConfined ? '/session' : ownFolder }
      return { python, how, args: [source, name, JSON.stringify(given)], limits: LIMITS }
    }

    async function ask(name: string, how: AttemptRequest['how'], more?: Readonly<Record<string, string>>): Promise<Held> {
      const answer = await attempter.ask(requestFor(name, how, more))
      if ('error' in answer) throw new Error(answer.error)
      return answer
    }

    /** Without confinement, as the same user or else as root, it gets out; otherwise nothing was proved. */
    async function isProved(name: string, more?: Readonly<Record<string, string>>): Promise<boolean> {
      if ((await ask(name, 'unconfined', more)).stdout.startsWith('ESCAPED')) return true
      const asRoot = await rootAttempter?.ask({ ...requestFor(name, 'unconfined', more), python: SYSTEM_PYTHON })
      return asRoot !== undefined && 'stdout' in asRoot && asRoot.stdout.startsWith('ESCAPED')
    }

    async function expectNothingHappened(): Promise<void> {
      const seen = { canary: world.isCanaryAlive(), written: await world.written(), visits: world.visits() }
      expect(seen).toEqual({ canary: true, written: [], visits: 0 })
    }

    for (const [name, sentence] of Object.entries(attempts)) {
      if (HAS_ITS_OWN.has(name)) continue
      test(`never ${sentence}`, async ({ skip }) => {
        skip(name === 'parent_stopped' && isRoot && user === undefined && !SCOPES_SIGNALS, 'from Linux 6.12 on')
        for (const how of SESSION_ALONE.has(name) ? (['session'] as const) : (['confined', 'session'] as const)) {
          expect({ how, ...(await ask(name, how)) }).toMatchObject({ how, code: 0, stdout: 'HELD\n' })
          await expectNothingHappened()
        }
        skip(!(await isProved(name)), 'nothing on this machine shows what it would look like')
      })
    }

    test('never takes more memory in many processes than all of them may have', async ({ skip }) => {
      const name = 'memory_of_many_processes'
      const confined = await ask(name, 'confined')
      skip(confined.memory !== 'enforced', 'no control group can be had here: memory is advisory')
      expect(confined.stdout).not.toContain('ESCAPED')
      expect(confined.oomKills).toBeGreaterThan(0)
      expect(await ask(name, 'session')).toMatchObject({ code: 0, stdout: 'HELD\n' })
      skip(!(await isProved(name)), 'this machine has not enough memory to show it')
    })

    test('never leaves a process behind that outlives it', async () => {
      const orphan = `orphan-${randomUUID()}`
      const more = { orphanReversed: [...orphan].reverse().join('') }
      for (const how of ['confined', 'session'] as const) {
        expect(await ask('outlive', how, more)).toMatchObject({ code: 0, stdout: 'HELD\n' })
        await vi.waitFor(async () => expect(await processesWith(orphan)).toEqual([]))
      }
      await ask('outlive', 'unconfined', more)
      const left = await processesWith(orphan)
      expect(left).toHaveLength(1)
      for (const pid of left) process.kill(pid, 'SIGKILL')
    })

    test('never reads what another session keeps in its folder, nor lives on when its host is killed', async () => {
      const other = startFor(user)
      const otherSecret = randomUUID()
      const keep = `open('/session/other-session', 'w').write('${otherSecret}'); import time; time.sleep(600)`
      void other.ask({ python, how: 'confined', args: [keep], limits: LIMITS })
      try {
        await vi.waitFor(async () => expect(await isProved('other_session', { otherSecret })).toBe(true), { timeout: 20_000 })
        for (const how of ['confined', 'session'] as const) {
          expect(await ask('other_session', how, { otherSecret })).toMatchObject({ code: 0, stdout: 'HELD\n' })
        }
      } finally {
        await other.kill()
      }
      await vi.waitFor(async () => expect(await processesWith(otherSecret)).toEqual([]))
    })
  })
}

function listAttempts(): Readonly<Record<string, string>> {
  return JSON.parse(execFileSync(SYSTEM_PYTHON, ['-I', ATTEMPTS_FILE, 'list'], { encoding: 'utf8' }))
}

/** Another user can start Node, read this checkout and the system's Python. */
function canRunAs(uid: number): boolean {
  const reads = `await import(${JSON.stringify(new URL('../src/local/confinement.ts', import.meta.url).href)})`
  const tried = spawnSync(process.execPath, ['--input-type=module', '-e', reads], { uid, gid: uid, cwd: '/', env: {} })
  return tried.status === 0
}
