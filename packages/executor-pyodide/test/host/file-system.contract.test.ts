import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startInterpreter } from './interpreter.ts'

/** How many seeds are tried, each with so many operations. More by the environment; 600 000 operations were equal when this was written. */
const SEEDS = Number(process.env['FILE_SYSTEM_SEEDS'] ?? 40)
const OPERATIONS = 500

const operations = join(import.meta.dirname, 'operations.py')

/** The same program there and here: what it tells is compared. It is no root: to root every file is open. */
const program = (top: string, path: string): string => `
import os, sys
sys.path.insert(0, ${JSON.stringify(path)})
sys.dont_write_bytecode = True
import operations
if hasattr(os, 'setuid') and sys.platform == 'linux' and os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
for seed in range(${SEEDS}):
    folder = f'${top}/{seed}/1/2/3/4/5/6/x'
    os.umask(0o022)
    os.makedirs(folder)
    os.chdir(folder)
    for number, line in enumerate(operations.transcript(seed, ${OPERATIONS})):
        print(seed, number, ascii(line))
sys.stdout.flush()
`

const reference = process.platform === 'linux' ? referenceTranscript() : undefined
if (reference === undefined) console.log('no python3 on Linux: the files of the host are not compared with those of a system')

test.skipIf(reference === undefined)(
  `${SEEDS * OPERATIONS} random operations have the results and the errors that they have on Linux`,
  () => {
    const { host, run } = startInterpreter()
    const writer = host.fileSystem.createFile()
    writer.write(readFileSync(operations))
    writer.place('/tmp/operations.py')
    const told = run(program('/home', '/tmp')).split('\n')
    const wanted = reference?.split('\n') ?? []
    const first = wanted.findIndex((line, index) => line !== told[index])
    // The first that differs, with what led to it: all that comes after follows from it.
    expect(told.slice(Math.max(0, first - 5), first + 1)).toEqual(wanted.slice(Math.max(0, first - 5), first + 1))
    expect(told.length).toBe(wanted.length)
    expect(new Set(wanted.flatMap((line) => line.match(/-> (E[A-Z]+)/)?.[1] ?? []))).toEqual(new Set(EXPECTED_ERRORS))
  },
)

function referenceTranscript(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'interloop-files-'))
  try {
    chmodSync(folder, 0o777)
    const code = program(folder, import.meta.dirname) + openAll(folder)
    const result = spawnSync('python3', ['-c', code], { encoding: 'utf8', maxBuffer: 2 ** 28 })
    if (result.error !== undefined) return undefined
    if (result.status !== 0) throw new Error(result.stderr)
    return result.stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Folders that the operations have closed could not be removed by a user who is not root. */
function openAll(top: string): string {
  return `
os.chdir('/')
def open_all(folder):
    os.chmod(folder, 0o700)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            open_all(entry.path)
for name in os.listdir('${top}'):
    open_all(f'${top}/{name}')
`
}

/** What has to have happened, or the comparison says little. */
const EXPECTED_ERRORS = [
  'EACCES',
  'EBADF',
  'EBUSY',
  'EEXIST',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
]
