import type { ExecutionContext } from '../../src/executor/index.ts'
import { pythonExecutor } from '../reference/python-executor.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'
import type { Lie } from './lies.ts'

type CallTool = ExecutionContext['callTool']

const TOOLS = ['tools', 'waiting for tools']

/** A lie in how calls come to the host. */
function calling(change: (callTool: CallTool, context: ExecutionContext) => CallTool): Lie {
  return {
    execute: (session, request, context) =>
      session.execute(request, { ...context, callTool: change((call) => context.callTool(call), context) }),
  }
}

/** Executors that lose, forge or hold up calls of tools. */
export const brokenTools: readonly BrokenExecutor[] = [
  broken(
    'drops the values of tools',
    ['tools'],
    [
      'calls a tool of the host with its arguments and returns its value',
      'brings JSON to a tool and back as it is',
      'gives each call of a program an id of its own, and sends it once',
      'starts a call of tools.aio before it is awaited',
      'gathers calls of tools.aio in parallel, each with its own answer',
      'takes arguments up to 1 MiB and refuses larger ones with ToolError',
      'takes arguments up to 64 levels deep and refuses deeper ones with ToolError',
      'brings answers up to 16 MiB and raises ToolError for larger ones',
      'lets 16 calls be open and refuses one more with ToolError',
      'lets a program call tools as often as it may',
      'leaves nothing of a call that was not awaited to the next program',
    ],
    calling((callTool) => async (call) => void (await callTool(call))),
  ),
  broken(
    'makes text of numbers',
    ['tools'],
    ['calls a tool of the host with its arguments and returns its value', 'brings JSON to a tool and back as it is'],
    calling((callTool) => (call) => {
      const isNumber = call.name === 'add' || call.name === 'echo'
      return callTool(isNumber ? { ...call, arguments: JSON.parse(JSON.stringify(call.arguments, textOfNumber)) } : call)
    }),
  ),
  broken(
    'calls a tool twice',
    ['tools'],
    [
      'calls a tool of the host with its arguments and returns its value',
      'gives each call of a program an id of its own, and sends it once',
      'takes arguments up to 1 MiB and refuses larger ones with ToolError',
      'takes arguments up to 64 levels deep and refuses deeper ones with ToolError',
      'lets a program call tools as often as it may',
    ],
    calling((callTool) => async (call) => {
      // Those that a case holds would hang.
      if (/^(add|count|take|measure)$/.test(call.name)) await callTool(call)
      return callTool(call)
    }),
  ),
  broken(
    'makes a value of the failure of a tool',
    ['tools'],
    ['raises ToolError where a tool rejects, with its message'],
    calling((callTool) => (call) => callTool(call).catch((error: Error) => error.message)),
  ),
  broken(
    'lets a tool fail without its message',
    ['tools'],
    ['raises ToolError where a tool rejects, with its message'],
    calling((callTool) => (call) => callTool(call).catch(() => Promise.reject(new Error('failed')))),
  ),
  broken(
    'gives each answer to the call that came first',
    ['tools'],
    ['gathers calls of tools.aio in parallel, each with its own answer', 'lets 16 calls be open and refuses one more with ToolError'],
    calling((callTool) => {
      const first = new Map<string, Promise<unknown>>()
      return (call) => {
        const answer = callTool(call)
        if (call.name !== 'hold') return answer
        if (!first.has(call.name)) first.set(call.name, answer)
        return first.get(call.name) ?? answer
      }
    }),
  ),
  broken(
    'calls one tool after the other',
    ['tools'],
    ['starts a call of tools.aio before it is awaited', 'gathers calls of tools.aio in parallel, each with its own answer'],
    {
      // As if the call were made by its `await`.
      request: (request) =>
        /pending = tools.aio.first|range\(5\)/.test(request.code)
          ? {
              ...request,
              code: request.code
                .replace('pending = tools.aio.first', 'pending = tools.aio.nothing(); never = lambda: tools.aio.first')
                .replace(
                  /asyncio.gather\(\*\[(.*) for number in range\(5\)\]\)/,
                  'asyncio.gather(*[asyncio.sleep(0, await $1) for number in range(5)])',
                ),
            }
          : request,
    },
  ),
  {
    name: 'has no bounds for calls of tools',
    subjects: ['tools'],
    caught: [
      'sends no call with arguments that are no JSON',
      'takes arguments up to 1 MiB and refuses larger ones with ToolError',
      'takes arguments up to 64 levels deep and refuses deeper ones with ToolError',
      'lets 16 calls be open and refuses one more with ToolError',
    ],
    create: () => pythonExecutor({ calls: 'unbounded' }),
  },
  broken('calls tools without end', ['tools'], ['lets a program call tools as often as it may'], {
    request: (request) => ({ ...request, limits: { ...request.limits, toolCalls: undefined } }),
  }),
  broken('tells output only when nothing else goes on', ['tools'], ['tells what was printed before a call before the call comes'], {
    async execute(session, request, context) {
      if (!request.code.includes('tools.look')) return session.execute(request, context)
      const held: (() => void)[] = []
      const result = await session.execute(request, { ...context, emit: (event) => held.push(() => context.emit(event)) })
      for (const tell of held) tell()
      return result
    },
  }),
  broken(
    'counts the time of tools',
    TOOLS,
    [
      'does not count the time of a tool towards the deadline: tools.slow()',
      'does not count the time of a tool towards the deadline: await tools.aio.slow()',
      'holds the deadline after a tool was waited for',
    ],
    {
      async execute(session, request, context) {
        const late = AbortSignal.timeout(request.limits?.wallMs ?? 30_000)
        const result = await session.execute(request, { ...context, signal: AbortSignal.any([context.signal, late]) })
        return late.aborted ? { ...result, outcome: 'OUTCOME_DEADLINE_EXCEEDED', reason: 'deadline' } : result
      },
    },
  ),
  broken('stops the clock as long as a call is open', TOOLS, ['counts the time of a program that works while a call is open'], {
    request: (request) =>
      request.code.includes('tools.aio.hold') ? { ...request, limits: { ...request.limits, wallMs: 30_000 } } : request,
  }),
  broken(
    'serves no files while a program runs',
    TOOLS,
    ['serves files while a program waits for tools.name(…)', 'serves files while a program waits for tools.aio.name(…)'],
    servingFilesAfter(),
  ),
  broken(
    'cannot be stopped while it waits for a tool',
    TOOLS,
    [
      'stops a program that waits for tools.name(…) when it is aborted',
      'stops a program that waits for tools.aio.name(…) when it is aborted',
      'gives up what is open when a program is stopped',
    ],
    { execute: (session, request, context) => session.execute(request, { ...context, signal: new AbortController().signal }) },
  ),
]

function textOfNumber(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}

/** Files wait for the end of the program, and refuse in the end: the cases would wait as long as they may. */
function servingFilesAfter(): Lie {
  const running = new Set<object>()
  return {
    async execute(session, request, context) {
      running.add(request)
      try {
        return await session.execute(request, context)
      } finally {
        running.delete(request)
      }
    },
    files: (files) => ({
      async read(path) {
        if (running.size > 0) throw new Error('a program runs')
        return files.read(path)
      },
    }),
  }
}
