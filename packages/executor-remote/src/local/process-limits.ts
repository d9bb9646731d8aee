/** What each process of a session may use, in the words of prlimit; see `setrlimit(2)`. */
export function processLimits(wanted: ProcessWishes, hardLimits: string): Readonly<Record<string, number>> {
  const hard = parseHardLimits(hardLimits)
  const limits: Readonly<Record<string, number>> = {
    nproc: wanted.processes,
    nofile: 512,
    core: 0,
    fsize: wanted.fileBytes,
    data: wanted.memoryBytes + RESERVED_BYTES,
    // Shared memory is no data: it counts here alone, beside the libraries and the stacks that only take up addresses.
    as: wanted.memoryBytes + ADDRESS_BYTES,
    memlock: 65_536,
    msgqueue: 0,
    sigpending: 256,
    rttime: 0,
  }
  // A limit above the host's hard one cannot be set, and the host's holds anyhow.
  return Object.fromEntries(Object.entries(limits).map(([name, most]) => [name, Math.min(most, hard[name] ?? Number.POSITIVE_INFINITY)]))
}

/** Sizes in bytes. */
export interface ProcessWishes {
  readonly processes: number
  readonly memoryBytes: number
  readonly fileBytes: number
}

/** Written to by no one: all of Google's packages imported have 580 MiB of data; with their code 415 MiB of it are in memory. */
const RESERVED_BYTES = 512 * 1024 ** 2

/** Of libraries, stacks and arenas: all of Google's packages imported take up 1.1 GiB, and each thread may reserve 72 MiB. */
const ADDRESS_BYTES = 4 * 1024 ** 3

/** Names of `/proc/self/limits`, by prlimit's. */
const NAMES: Readonly<Record<string, string>> = {
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max core file size': 'core',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max address space': 'as',
  'Max locked memory': 'memlock',
  'Max msgqueue size': 'msgqueue',
  'Max pending signals': 'sigpending',
  'Max realtime timeout': 'rttime',
}

function parseHardLimits(text: string): Readonly<Record<string, number>> {
  const lines = text.split('\n').flatMap((line): readonly (readonly [string, number])[] => {
    const [, title = '', hard = ''] = /^(Max [a-z ]+?)\s{2,}\S+\s+(\d+)/.exec(line) ?? []
    const name = NAMES[title]
    return name === undefined ? [] : [[name, Number(hard)]]
  })
  return Object.fromEntries(lines)
}
