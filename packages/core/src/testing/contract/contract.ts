import type { Executor, Session } from '../../executor.ts'
import type { ContractCase } from './case.ts'
import { createLab, PATIENCE_MS, within } from './lab.ts'

/** All cases of one executor: it is created once, each case gets a lab. */
export interface Contract extends AsyncDisposable {
  /** Runs one case: undefined where it passed, otherwise why it does not apply. Rejects where the executor breaks the promise. */
  check(contractCase: ContractCase): Promise<string | undefined>
}

/** Creates and prepares the executor on the first check. */
export function openContract(create: () => Executor | Promise<Executor>): Contract {
  let opened: Promise<Executor> | undefined
  let shared: Promise<Session> | undefined

  async function prepared(): Promise<Executor> {
    const executor = await create()
    await executor.prepare?.()
    return executor
  }

  async function dropShared(): Promise<void> {
    const session = shared
    shared = undefined
    if (session !== undefined) await session.then(dispose).catch(() => undefined)
  }

  return {
    async check(contractCase) {
      opened ??= prepared()
      const executor = await opened
      const made: AsyncDisposable[] = []
      const lab = createLab(executor, {
        made,
        async create() {
          const another = await prepared()
          made.push(another)
          return another
        },
        shared() {
          shared ??= executor.createSession()
          return shared
        },
      })
      try {
        const reason = await contractCase.unless?.(lab)
        if (reason !== undefined) return reason
        await contractCase.run(lab)
        return undefined
      } catch (error) {
        // What a failed case left behind must not fail the next one.
        await dropShared()
        throw error
      } finally {
        await Promise.allSettled(made.map((resource) => within(PATIENCE_MS, 'disposal', dispose(resource))))
      }
    },
    async [Symbol.asyncDispose]() {
      await dropShared()
      if (opened !== undefined) await opened.then(dispose)
    },
  }
}

async function dispose(resource: AsyncDisposable): Promise<void> {
  await resource[Symbol.asyncDispose]()
}
