import { expect } from 'vitest'
import type { ExecutionResult, Session } from '../../executor.ts'
import { type ContractCase, python, subject } from './case.ts'
import { type Lab, TOLERANCE_MS } from './lab.ts'

const SPINNING = python`
  print('started')
  while True:
      pass
`

const SLEEPING = python`
  import time
  print('started')
  time.sleep(60)
`

const STUBBORN = python`
  print('started')
  while True:
      try:
          while True:
              pass
      except BaseException:
          pass
`

/** The programs that have to be stopped, by what each of them does. */
const PROGRAMS = { spins: SPINNING, sleeps: SLEEPING, 'catches every exception': STUBBORN } as const

const WALL_MS = 700

function deadlineIsNotEnforced({ executor }: Lab): string | undefined {
  return executor.capabilities.limits.wallMs === 'enforced' ? undefined : 'limits.wallMs is not declared enforced'
}

const deadlineCases: readonly ContractCase[] = subject('deadline', [
  ...Object.entries(PROGRAMS).map(([what, code]) => ({
    name: `stops a program that ${what} at its deadline`,
    unless: deadlineIsNotEnforced,
    async run(lab: Lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, async () => {
        const begin = performance.now()
        const started = lab.start(session, code, { limits: { wallMs: WALL_MS } })
        const settled = await lab.within(WALL_MS + lab.executor.capabilities.stopMs + TOLERANCE_MS, 'the deadline', started.result)
        expect(performance.now() - begin).toBeGreaterThan(WALL_MS * 0.9)
        return settled
      })
      expect([result.outcome, result.reason, result.stdout]).toEqual(['OUTCOME_DEADLINE_EXCEEDED', 'deadline', 'started\n'])
      expect(await stillWorks(lab, session, result)).toBe(true)
    },
  })),
  {
    name: 'holds the deadline of a session for each of its programs',
    unless: deadlineIsNotEnforced,
    async run(lab) {
      const session = await lab.session({ limits: { wallMs: WALL_MS } })
      const started = lab.start(session, SPINNING)
      const result = await lab.within(30_000, 'the deadline of the session', started.result)
      expect(result.reason).toBe('deadline')
    },
  },
  {
    name: 'does not count waiting for another program towards the deadline',
    unless: deadlineIsNotEnforced,
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, 'import time')
      const first = lab.start(session, 'time.sleep(1.2)')
      const second = lab.start(session, `time.sleep(0.05)\nprint('in time')`, { limits: { wallMs: 1_000 } })
      await first.result
      const result = await second.result
      expect([result.reason, result.stdout]).toEqual(['completed', 'in time\n'])
    },
  },
])

const abortCases: readonly ContractCase[] = subject('abort', [
  {
    name: 'does not run a program whose signal was aborted before',
    async run(lab) {
      const session = await lab.shared()
      await lab.run(session, `ran = 'nothing'`)
      const started = lab.start(session, `ran = 'the aborted program'`, { signal: AbortSignal.abort() })
      const result = await lab.within(stopTime(lab), 'an aborted execution', started.result)
      expect([result.outcome, result.reason, result.state]).toEqual(['OUTCOME_FAILED', 'aborted', 'kept'])
      const after = await lab.run(session, 'print(ran)')
      expect(after.stdout).toBe('nothing\n')
    },
  },
  ...Object.entries(PROGRAMS).map(([what, code]) => ({
    name: `resolves with aborted when a program that ${what} is aborted`,
    async run(lab: Lab) {
      const session = await lab.session()
      const result = await lab.honestly(session, async () => {
        const started = lab.start(session, code)
        await started.told('started\n')
        started.abort()
        return lab.within(stopTime(lab), 'an aborted execution', started.result)
      })
      expect([result.outcome, result.reason, result.stdout]).toEqual(['OUTCOME_FAILED', 'aborted', 'started\n'])
      expect(await stillWorks(lab, session, result)).toBe(true)
    },
  })),
  {
    name: 'takes a program that waits for its turn out when it is aborted',
    async run(lab) {
      const session = await lab.session()
      await lab.run(session, `import time\nran = []`)
      const first = lab.start(session, `print('started')\ntime.sleep(1.5)\nran.append('first')\nprint('ended')`)
      await first.told('started\n')
      const second = lab.start(session, `ran.append('second')`)
      let firstHasEnded = false
      first.result.then(
        () => {
          firstHasEnded = true
        },
        () => undefined,
      )
      second.abort()
      const aborted = await lab.within(stopTime(lab), 'an aborted execution', second.result)
      expect([aborted.reason, aborted.state, firstHasEnded]).toEqual(['aborted', 'kept', false])
      const ended = await first.result
      expect([ended.reason, ended.stdout]).toEqual(['completed', 'started\nended\n'])
      const after = await lab.run(session, 'print(ran)')
      expect(after.stdout).toBe(`['first']\n`)
    },
  },
  {
    name: 'leaves no listener on the signal of an execution that ended',
    async run(lab) {
      const session = await lab.shared()
      const { signal, listeners } = watchedSignal()
      await lab.run(session, `print('one')`, { signal })
      await lab.run(session, '1 / 0', { signal })
      expect(listeners()).toBe(0)
    },
  },
  {
    name: 'takes an abort after the end as nothing',
    async run(lab) {
      const session = await lab.shared()
      const started = lab.start(session, `late = 'here'`)
      const result = await started.result
      started.abort()
      const after = await lab.run(session, 'print(late)')
      expect([result.reason, after.stdout, after.generation]).toEqual(['completed', 'here\n', result.generation])
    },
  },
])

/** Deadline and abort: every program stops in time, and what became of the variables is said as it is (design.md 6). */
export const stoppingCases: readonly ContractCase[] = [...deadlineCases, ...abortCases]

/** How long an abort may take on this executor, milliseconds. */
function stopTime(lab: Lab): number {
  return lab.executor.capabilities.stopMs + TOLERANCE_MS
}

/** Whether the session runs the next program, in the generation that the stopped one ended with. */
async function stillWorks(lab: Lab, session: Session, stopped: ExecutionResult): Promise<boolean> {
  const next = await lab.run(session, `print('works')`)
  return next.reason === 'completed' && next.stdout === 'works\n' && next.generation === stopped.generation
}

/** A signal that lives long, as that of a run does, and how many listeners it has. */
function watchedSignal(): { readonly signal: AbortSignal; listeners(): number } {
  const { signal } = new AbortController()
  const added: { readonly listener: unknown; readonly removal: AbortSignal | undefined }[] = []
  signal.addEventListener = (_type: string, listener: unknown, options?: boolean | AddEventListenerOptions) => {
    added.push({ listener, removal: typeof options === 'object' ? options.signal : undefined })
  }
  signal.removeEventListener = (_type: string, listener: unknown) => {
    const index = added.findIndex((one) => one.listener === listener)
    if (index >= 0) added.splice(index, 1)
  }
  return { signal, listeners: () => added.filter(({ removal }) => removal?.aborted !== true).length }
}
