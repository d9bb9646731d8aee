import type { RunContext } from '@interloop/core/executor'

/** A program calls a tool of the host; `arguments` is JSON. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** The calls of host tools of one program. What is beyond these bounds is refused: a program may forge what its runtime would not send. */
export interface ToolCalls {
  serve(call: ToolCall): void
  /** Answers that come later are dropped. */
  end(): void
}

/** An answer, as the guest gets it. */
export type ToolAnswer = { readonly value: unknown } | { readonly error: string }

// remote.md 9.
const OPEN_CALLS = 16
const CALLS = 5_000
const ARGUMENT_BYTES = 2 ** 20
const DEPTH = 64
const REPLY_BYTES = 16 * 2 ** 20

/** Serves at most `limit` calls by `callTool` of the context; tells `waiting_tool` while one is open. */
export function serveToolCalls(
  context: Pick<RunContext, 'callTool' | 'emit'>,
  answer: (id: string, answer: ToolAnswer) => void,
  limit: number = CALLS,
): ToolCalls {
  let isOver = false
  let open = 0
  let total = 0

  async function call({ id, name, arguments: json }: ToolCall): Promise<ToolAnswer> {
    if (total > limit) return { error: `one program may call tools ${limit} times` }
    if (open > OPEN_CALLS) return { error: `${OPEN_CALLS} tool calls are open already` }
    if (Buffer.byteLength(json) > ARGUMENT_BYTES) return { error: `the arguments of ${name} are larger than ${ARGUMENT_BYTES} bytes` }
    try {
      const given: unknown = JSON.parse(json)
      if (isDeeper(given, DEPTH)) return { error: `the arguments of ${name} are nested deeper than ${DEPTH} levels` }
      return checkedReply(name, await context.callTool({ id, name, arguments: given }))
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }

  return {
    async serve(request) {
      open += 1
      total += 1
      if (open === 1) context.emit({ type: 'status', status: 'waiting_tool', detail: request.name })
      const answered = await call(request)
      open -= 1
      if (isOver) return
      if (open === 0) context.emit({ type: 'status', status: 'running' })
      answer(request.id, answered)
    },
    end() {
      isOver = true
    },
  }
}

function checkedReply(name: string, value: unknown): ToolAnswer {
  const reply = JSON.stringify(value) ?? 'null'
  const bytes = Buffer.byteLength(reply)
  if (bytes > REPLY_BYTES) return { error: `the answer of ${name} has ${bytes} bytes, the limit is ${REPLY_BYTES}` }
  return { value: value ?? null }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}
