import type { ExecutionContext } from '../../executor.ts'
import type { Lab } from './lab.ts'

/** How long a call may take to come, milliseconds. */
export const CALL_MS = 10_000

/** The host's side of tools: answers by functions, and remembers what was asked. */
export interface ToolHost {
  readonly callTool: ExecutionContext['callTool']
  /** In the order in which they came. */
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]
}

/** A tool of a case; what it throws is a rejection. */
export type HostTool = (given: Readonly<Record<string, unknown>>) => unknown

/** A host with these tools; a name that it has not is refused, as core does. */
export function toolHost(tools: Readonly<Record<string, HostTool>>): ToolHost {
  const calls: Parameters<ExecutionContext['callTool']>[0][] = []
  return {
    calls,
    async callTool(call) {
      calls.push(call)
      const tool = tools[call.name]
      if (tool === undefined) throw new Error(`there is no tool ${call.name}`)
      // Python's keyword arguments are an object of JSON; a case that cares says so by what it expects.
      return tool(call.arguments as Readonly<Record<string, unknown>>)
    },
  }
}

/** A tool that is answered when the case says so. */
export interface Held {
  readonly tool: HostTool
  /** How many calls have come. */
  readonly count: number
  /** Resolves when so many have come. */
  came(count: number): Promise<void>
  /** Answers all that came, each with its arguments. */
  release(): void
}

/** A tool that waits for `release`. */
export function held(): Held {
  const waiting: (() => void)[] = []
  const watchers = new Set<() => void>()
  let count = 0
  return {
    get count() {
      return count
    },
    tool(given) {
      count += 1
      const { promise, resolve } = Promise.withResolvers<unknown>()
      waiting.push(() => resolve(given))
      for (const watch of watchers) watch()
      return promise
    },
    came(wanted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const watch = () => {
        if (count < wanted) return
        watchers.delete(watch)
        resolve()
      }
      watchers.add(watch)
      watch()
      return promise
    },
    release() {
      for (const answer of waiting.splice(0)) answer()
    },
  }
}

/** Why the cases say nothing about an executor without host tools. */
export function noTools({ executor }: Pick<Lab, 'executor'>): string | undefined {
  return executor.capabilities.tools ? undefined : 'the executor does not declare tools'
}
