import {
  type ExecutionContext,
  type ExecutionRequest,
  type ExecutionResult,
  ExecutorError,
  type Session,
} from '../../src/executor/index.ts'
import { pythonExecutor } from '../reference/python-executor.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'
import { lyingSession } from './lies.ts'

/** Executors that mix up or leak sessions, or run what ran before. */
export const brokenSessions: readonly BrokenExecutor[] = [
  broken(
    'drops idempotency keys',
    ['idempotency'],
    [
      'runs a program once for one key and returns the stored result',
      'keeps the result of a failure for its key too',
      'runs a program once when its key comes again while it runs',
    ],
    { request: (request) => ({ ...request, idempotencyKey: crypto.randomUUID() }) },
  ),
  broken('takes the code for the key', ['idempotency'], ['runs a program again for another key'], {
    request: (request) => ({ ...request, idempotencyKey: request.code }),
  }),
  broken('keeps one ledger for all sessions', ['idempotency'], ['keeps the keys of two sessions apart'], {
    executor(reference) {
      const ledger = new Map<string, Promise<ExecutionResult>>()
      const once = (session: Session, request: ExecutionRequest, context: ExecutionContext) => {
        const known = ledger.get(request.idempotencyKey)
        if (known !== undefined) return known
        const running = session.execute(request, context)
        ledger.set(request.idempotencyKey, running)
        return running
      }
      return { createSession: async (options) => lyingSession(await reference.createSession(options), reference, { execute: once }) }
    },
  }),
  broken(
    'remembers a key only when its program has ended',
    ['idempotency'],
    ['runs a program once when its key comes again while it runs'],
    {
      session(session) {
        const ledger = new Map<string, ExecutionResult>()
        return {
          async execute(request, context) {
            const known = ledger.get(request.idempotencyKey)
            if (known !== undefined) return known
            const result = await session.execute({ ...request, idempotencyKey: crypto.randomUUID() }, context)
            ledger.set(request.idempotencyKey, result)
            return result
          },
        }
      },
    },
  ),
  broken('gives all sessions one interpreter', ['sessions'], ['keeps variables, modules and files of two sessions apart'], {
    executor(reference) {
      let only: Promise<Session> | undefined
      return {
        async createSession(options) {
          only ??= reference.createSession(options)
          const shared = lyingSession(await only, reference, {})
          return { ...shared, id: crypto.randomUUID(), generation: 1, [Symbol.asyncDispose]: async () => undefined }
        },
      }
    },
  }),
  broken(
    'runs waiting programs at the same time',
    ['sessions'],
    ['runs one program at a time in a session, in the order in which they came', 'counts the wait for another program as queued time'],
    {
      session(session, executor) {
        let running = 0
        return {
          async execute(request, context) {
            running += 1
            try {
              if (running === 1) return await session.execute(request, context)
              const second = await executor.createSession()
              return await second.execute(request, context)
            } finally {
              running -= 1
            }
          },
        }
      },
    },
  ),
  broken(
    'mixes the output of waiting programs',
    ['sessions'],
    ['runs one program at a time in a session, in the order in which they came'],
    {
      session(session) {
        const listeners = new Set<ExecutionContext['emit']>()
        return {
          async execute(request, context) {
            listeners.add(context.emit)
            const emit: ExecutionContext['emit'] = (event) => {
              for (const listener of listeners) listener(event)
            }
            const result = await session.execute(request, { ...context, emit })
            listeners.delete(context.emit)
            return result
          },
        }
      },
    },
  ),
  broken('counts queued time as running time', ['sessions'], ['counts the wait for another program as queued time'], {
    result: (result) => ({
      ...result,
      usage: { ...result.usage, queuedMs: 0, wallMs: result.usage.queuedMs + result.usage.wallMs },
    }),
  }),
  broken('leaks its sessions', ['disposal'], ['disposes its sessions with the executor', 'makes no session that outlives its executor'], {
    executor(reference) {
      let isDisposed = false
      return {
        async createSession(options) {
          if (isDisposed) throw new ExecutorError('closed', 'disposed', { started: 'no' })
          return reference.createSession(options)
        },
        async [Symbol.asyncDispose]() {
          isDisposed = true
          // The test that finds it must not leave processes behind.
          setTimeout(() => void reference[Symbol.asyncDispose](), 4_000)
        },
      }
    },
  }),
  broken('gives out a session that was being made when it was disposed', ['disposal'], ['makes no session that outlives its executor'], {
    executor(reference) {
      let isDisposed = false
      return {
        async createSession(options) {
          if (isDisposed) throw new ExecutorError('closed', 'disposed', { started: 'no' })
          const session = await reference.createSession(options).catch((error: unknown) => {
            if (!isDisposed) throw error
            return undefined
          })
          if (session !== undefined) return session
          const another = pythonExecutor()
          // The test that finds it must not leave processes behind.
          setTimeout(() => void another[Symbol.asyncDispose](), 4_000)
          return another.createSession(options)
        },
        async [Symbol.asyncDispose]() {
          isDisposed = true
          await reference[Symbol.asyncDispose]()
        },
      }
    },
  }),
  broken(
    'goes on after disposal',
    ['disposal'],
    [
      'refuses a program after its session was disposed',
      'disposes a session that never ran, and one that is disposed already',
      'ends a running program when its session is disposed',
    ],
    {
      session(session, executor) {
        let target = session
        return {
          execute: async (request, context) => target.execute(request, context),
          async [Symbol.asyncDispose]() {
            await session[Symbol.asyncDispose]()
            target = await executor.createSession()
          },
        }
      },
    },
  ),
  broken('cannot be disposed twice', ['disposal'], ['disposes a session that never ran, and one that is disposed already'], {
    session(session) {
      let isDisposed = false
      return {
        async [Symbol.asyncDispose]() {
          if (isDisposed) throw new Error('disposed already')
          isDisposed = true
          await session[Symbol.asyncDispose]()
        },
      }
    },
  }),
  broken('waits for the running program with disposal', ['disposal'], ['ends a running program when its session is disposed'], {
    session(session) {
      let running: Promise<unknown> = Promise.resolve()
      return {
        execute(request, context) {
          const execution = session.execute({ ...request, limits: { wallMs: 6_000 } }, context)
          running = execution.catch(() => undefined)
          return execution
        },
        async [Symbol.asyncDispose]() {
          await running
          await session[Symbol.asyncDispose]()
        },
      }
    },
  }),
  broken('ignores the signal of createSession', ['disposal'], ['makes no session for a signal that was aborted before'], {
    executor: (reference) => ({ createSession: (options) => reference.createSession({ ...options, signal: undefined }) }),
  }),
  broken('takes the signal of createSession for the session', ['disposal'], ['keeps a session whose signal aborts after it was made'], {
    executor: (reference) => ({
      async createSession(options) {
        const session = await reference.createSession(options)
        options?.signal?.addEventListener('abort', () => void session[Symbol.asyncDispose]())
        return session
      },
    }),
  }),
]
