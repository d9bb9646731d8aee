import {
  type Capabilities,
  defineExecutor,
  type ExecutionRequest,
  type Executor,
  ExecutorError,
  type FileChange,
  type FileInput,
  type OpenedSession,
  type Ran,
  type RunContext,
} from '../src/executor/index.ts'

/** What a toy program sees and changes. */
export interface World {
  readonly variables: Map<string, unknown>
  /** The working folder: texts by path. */
  readonly files: Map<string, string>
  readonly context: RunContext
  /** The name of the executor in which it runs. */
  readonly place: string
  /** As `import` of Python: fails where the executor does not list the name. */
  load(name: string): void
}

/** A program: what it does, and what there is to say of it. Output is printed with `context.emit` or returned. */
export type ToyProgram = (world: World) => Ran | undefined | Promise<Ran | undefined>

/** A failure that ends a toy program. */
class Raised extends Error {
  readonly ran: Ran
  constructor(ran: Ran) {
    super('raised')
    this.ran = ran
  }
}

/** Ends a toy program with an exception of Python. */
export function raise(name: string, value: string, missingModule?: string): never {
  throw new Raised({ error: { name, value, traceback: `${name}: ${value}`, ...(missingModule !== undefined && { missingModule }) } })
}

/** An executor with variables and files of its own for each session, and programs that are functions, by their code. */
export interface ToyExecutor extends Executor {
  /** Every program that ran, over all sessions. */
  readonly requests: readonly ExecutionRequest[]
  /** How many sessions were opened and closed. */
  readonly sessions: { opened: number; closed: number }
  /** From now on it cannot be reached. */
  down(): void
}

/** What a test may say of a toy. */
export interface ToyOptions {
  /** What `load` finds. */
  readonly imports?: readonly string[] | undefined
  readonly capabilities?: Partial<Capabilities> | undefined
  readonly prepare?: Executor['prepare'] | undefined
}

/** An executor of toy programs. */
export function toyExecutor(name: string, programs: Readonly<Record<string, ToyProgram>>, options: ToyOptions = {}): ToyExecutor {
  const { imports = [], capabilities, prepare } = options
  const requests: ExecutionRequest[] = []
  const sessions = { opened: 0, closed: 0 }
  let isDown = false

  function refuseDown(): void {
    if (isDown) throw new ExecutorError('unavailable', `${name} cannot be reached`, { started: 'no' })
  }

  const executor = defineExecutor({
    name,
    runtime: `Toy of ${name}`,
    capabilities: {
      isolation: 'sandbox',
      network: 'none',
      tools: true,
      packages: imports.map((one) => ({ name: one, imports: [one] })),
      ...capabilities,
    },
    async open() {
      refuseDown()
      sessions.opened += 1
      return openToy(name, programs, imports, {
        refuseDown,
        asked: (request) => requests.push(request),
        closed() {
          sessions.closed += 1
        },
      })
    },
  })
  return {
    ...executor,
    ...(prepare && { prepare }),
    requests,
    sessions,
    down() {
      isDown = true
    },
  }
}

interface Watch {
  refuseDown(): void
  asked(request: ExecutionRequest): void
  closed(): void
}

function openToy(
  place: string,
  programs: Readonly<Record<string, ToyProgram>>,
  imports: readonly string[],
  { refuseDown, asked, closed }: Watch,
): OpenedSession {
  const variables = new Map<string, unknown>()
  const files = new Map<string, string>()

  function load(module: string): void {
    if (!imports.includes(module)) raise('ModuleNotFoundError', `No module named '${module}'`, module)
  }

  return {
    ready: async () => refuseDown(),
    async run(code, context) {
      const program = programs[code]
      if (program === undefined) throw new Error(`there is no toy program ${JSON.stringify(code)}`)
      asked(context.request)
      const before = new Map(files)
      const ran = await ranProgram(program, { variables, files, context, place, load })
      return { files: changes(before, files), ...ran }
    },
    files: {
      async put(file) {
        refuseDown()
        for (const path of [file.path, ...(file.aliases ?? [])]) files.set(path, textOf(file))
      },
      async read(path) {
        refuseDown()
        const text = files.get(path)
        if (text === undefined) throw new ExecutorError('not_found', `there is no file ${path}`)
        return new TextEncoder().encode(text)
      },
      async list() {
        refuseDown()
        return Array.from(files, ([path, text]) => ({ path, size: text.length }))
      },
      async remove(path) {
        refuseDown()
        files.delete(path)
      },
    },
    async close() {
      closed()
    },
  }
}

async function ranProgram(program: ToyProgram, world: World): Promise<Ran> {
  try {
    return (await program(world)) ?? {}
  } catch (error) {
    if (error instanceof Raised) return error.ran
    throw error
  }
}

function textOf({ content }: FileInput): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}

function changes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): FileChange[] {
  const changed = Array.from(after).filter(([path, text]) => before.get(path) !== text)
  const gone = Array.from(before.keys()).filter((path) => !after.has(path))
  return [
    ...changed.map(([path, text]) => ({
      path,
      change: before.has(path) ? ('modified' as const) : ('created' as const),
      size: text.length,
    })),
    ...gone.map((path) => ({ path, change: 'deleted' as const, size: 0 })),
  ]
}
