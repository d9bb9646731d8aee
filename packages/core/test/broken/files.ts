import type { FileInput, Session } from '../../src/executor/index.ts'
import { type BrokenExecutor, broken } from './broken-executor.ts'

/** Executors that lose, change or mix up files, or lie about them. */
export const brokenFiles: readonly BrokenExecutor[] = [
  broken('reports a wrong sha256', ['file changes'], ['reports the right sha256 where it reports one'], {
    event: (event) => (event.type === 'file' ? { ...event, file: { ...event.file, sha256: '0'.repeat(64) } } : event),
    result: (result) => ({ ...result, files: result.files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) }),
  }),
  broken(
    'reports sizes in kilobytes',
    ['file changes'],
    [
      'reports created, modified and deleted files, and no others',
      'reports the right sha256 where it reports one',
      'reports a change that keeps the size',
      'reports files of a program that failed',
    ],
    { result: (result) => ({ ...result, files: result.files.map((file) => ({ ...file, size: Math.ceil(file.size / 1_024) })) }) },
  ),
  broken('does not notice deleted files', ['file changes'], ['reports created, modified and deleted files, and no others'], {
    result: (result) => ({ ...result, files: result.files.filter((file) => file.change !== 'deleted') }),
  }),
  broken(
    'reports every file as created',
    ['file changes'],
    [
      'reports created, modified and deleted files, and no others',
      'reports a change that keeps the size',
      'does not report what the host put or an earlier program made',
      'does not report a file that came and went within one program',
    ],
    {
      async execute(session, request, context) {
        const result = await session.execute(request, context)
        const files = (await session.files.list()).map((file) => ({ ...file, change: 'created' as const }))
        return { ...result, files }
      },
    },
  ),
  broken('reads files as text', ['files'], ['carries every byte both ways', 'carries a file of two megabytes both ways'], {
    files: (files) => ({ read: async (path) => new TextEncoder().encode(new TextDecoder().decode(await files.read(path))) }),
  }),
  broken('ignores aliases', ['files'], ['gives a file its further names'], {
    files: (files) => ({ put: ({ path, content }) => files.put({ path, content }) }),
  }),
  broken('ignores the files of a request', ['files'], ['has the files of a request before its program, and afterwards'], {
    request: ({ files: _files, ...request }) => request,
  }),
  broken('ignores the files of createSession', ['files'], ['has the files of createSession before the first program'], {
    executor: (reference) => ({ createSession: (options) => reference.createSession({ ...options, files: undefined }) }),
  }),
  broken('puts files flat', ['files'], ['gives a file its further names', 'makes the folders that a path names'], {
    files: (files) => ({ put: (file) => files.put(flat(file)) }),
  }),
  broken(
    'reads a file that is not there as empty',
    ['files'],
    ['refuses to read what is not there with not_found', 'serves regular files only'],
    { files: (files) => ({ read: (path) => files.read(path).catch(() => new Uint8Array()) }) },
  ),
  broken('refuses to remove what is not there', ['files'], ['removes a file, and takes one that is not there as removed'], {
    files: (files) => ({
      async remove(path) {
        await files.read(path)
        await files.remove(path)
      },
    }),
  }),
  broken(
    'lists folders and links',
    ['files'],
    [
      'has the files of createSession before the first program',
      'counts paths from the working folder, wherever a program went',
      'serves regular files only',
    ],
    {
      files: (files) => ({
        list: async () => [...(await files.list()), { path: 'link.txt', size: 24 }],
      }),
    },
  ),
  broken('shares files between sessions', ['sessions'], ['keeps variables, modules and files of two sessions apart'], {
    executor(reference) {
      let first: Promise<Session> | undefined
      return {
        async createSession(options) {
          first ??= reference.createSession(options)
          const { files } = await first
          return withFiles(await reference.createSession(options), files)
        },
      }
    },
  }),
]

function flat({ path, content, aliases = [] }: FileInput): FileInput {
  const name = (place: string) => place.split('/').at(-1) ?? place
  return { path: name(path), content, aliases: aliases.map(name) }
}

function withFiles(session: Session, files: Session['files']): Session {
  return {
    id: session.id,
    get generation() {
      return session.generation
    },
    files,
    execute: (request, context) => session.execute(request, context),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}
