import type { Readable } from 'node:stream'
import type { ExecutorEvent, FileChange, Ran } from '@interloop/core/executor'

/** What the host asks of a guest, one line of JSON each on its standard input. All but `interrupt` get one `Answer`. Contents are base64. */
export type Request =
  | { readonly type: 'execute'; readonly number: number; readonly code: string; readonly memoryBytes: number }
  | { readonly type: 'interrupt'; readonly number: number }
  | { readonly type: 'put'; readonly paths: readonly string[]; readonly content: string }
  | { readonly type: 'read' | 'remove'; readonly path: string }
  | { readonly type: 'list' }

/** What a guest tells, one line of JSON each on its descriptor 3. */
export type Message = Progress | Answer

/** What it tells while a program runs. */
export type Progress = Exclude<ExecutorEvent, { readonly type: 'file' }>

/** The last message about a request; `ready` is that of the start. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly ran: Ran; readonly files: readonly FileChange[] }
  | { readonly type: 'content'; readonly content?: string }
  | { readonly type: 'listed'; readonly files: readonly { readonly path: string; readonly size: number }[] }

/** The slots of the memory that both threads of a guest share; `signal` is where Pyodide looks for an interrupt. */
export const SLOT = { signal: 0, cancelled: 1, finished: 2 } as const

/** Calls back with each line. Not `node:readline`: to it U+2028, which may stand unescaped in JSON, ends a line too. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const [first = '', ...more] = chunk.split('\n')
    const lines = [rest + first, ...more]
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
