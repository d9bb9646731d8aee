import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { GuestAbort, GuestExit, type HeapImage, type Host, SandboxViolation } from '../../src/host/host.ts'
import { newInterpreter, startInterpreter } from './interpreter.ts'
import { watchHost } from './watch-host.ts'

const PAGE = 65_536

/** One that most tests share: what they leave in `__main__` harms no other. */
const shared = startInterpreter()

test('Python starts, and prints', () => {
  expect(shared.run('import sys; print(1, sys.version_info[:2], sys.platform)')).toBe('1 (3, 14) emscripten\n')
  expect([shared.host.run('1 / 0'), shared.host.run('pass')]).toEqual([false, true])
})

test('starting Python and running a program touches nothing but what the host was given', () => {
  const { host, run } = newInterpreter()
  const watch = watchHost()
  host.boot()
  const told = run(`
import os, time, random, tempfile, threading, socket, select, uuid, datetime, locale, platform
open('file', 'w').write('text'); os.listdir('/'); os.environ['X'] = 'y'; os.umask(0); os.system('true')
print(time.time() > 0, datetime.datetime.now().year, len(str(uuid.uuid4())), platform.system()); select.poll().poll(10)
`)
  const touched = watch.touched()
  watch.stop()
  expect([told, touched]).toEqual(['True 2026 36 Emscripten\n', []])
})

test('two interpreters that see the same time and chance are equal, byte for byte', () => {
  const hashes = [0, 1].map(() => {
    const { host, run } = startInterpreter()
    expect(run("import json, random, tempfile; tempfile.mkstemp(); print(random.random(), hash('abc'))")).not.toBe('')
    return createHash('sha256').update(host.capture().memory).digest('hex')
  })
  expect(hashes[0]).toBe(hashes[1])
})

test('a heap goes on in another instance, with its variables, modules and open files', () => {
  const first = startInterpreter()
  first.run("import json; x = {'a': [1, 2]}; numbers = iter(range(9)); next(numbers)")
  const image = imageOf(first.host)
  const second = newInterpreter()
  second.host.restore(image)
  expect(second.run('print(json.dumps(x), next(numbers))')).toBe('{"a": [1, 2]} 1\n')
  expect(first.run('print(next(numbers))')).toBe('1\n')
})

test('a heap that is laid over a used instance leaves nothing of it, neither memory nor files', () => {
  const interpreter = startInterpreter()
  const image = imageOf(interpreter.host)
  const secret = 'S3CR3T-of-the-first'
  interpreter.run(`
secret = '${secret}' * 1000
copies = [secret + str(n) for n in range(2000)]
open('file', 'w').write(secret)
import ctypes
`)
  expect(interpreter.host.memoryBytes()).toBeGreaterThan(image.memoryBytes)
  expect(Buffer.from(interpreter.host.capture().memory.buffer).includes(secret)).toBe(true)
  interpreter.host.restore(image, interpreter.freshFiles())
  const { memory } = interpreter.host.capture()
  expect(Buffer.from(memory.buffer).includes(secret)).toBe(false)
  expect(memory.subarray(image.memoryBytes).every((byte) => byte === 0)).toBe(true)
  expect(createHash('sha256').update(memory.subarray(0, image.memoryBytes)).digest('hex')).toBe(hashOf(image))
  expect(interpreter.run("import os; print('secret' in globals(), os.listdir('.'))")).toBe('False []\n')
})

test('an instance in which a program trapped in the middle of a call runs again once a heap is laid over it', () => {
  const interpreter = startInterpreter()
  const image = imageOf(interpreter.host)
  for (const code of ['import os; os._exit(3)', 'import os; os.abort()', 'import ctypes; ctypes.string_at(2 ** 31)']) {
    expect(() => interpreter.host.run(code)).toThrow()
    interpreter.host.restore(image, interpreter.freshFiles())
    expect(interpreter.run('print(sum(range(10)))')).toBe('45\n')
    expect(interpreter.host.capture().stackPointer).toBe(image.stackPointer)
  }
})

test('an image that is larger than the memory may be is refused', () => {
  const { host } = newInterpreter({ maxMemoryBytes: 480 * PAGE })
  const image: HeapImage = { memoryBytes: 481 * PAGE, tableLength: 1, stackPointer: 0, runs: [], read: () => {} }
  expect(() => host.restore(image)).toThrow(RangeError)
})

test.each([600, 601])('memory ends at page %i, as a MemoryError, and the interpreter goes on', (pages) => {
  const { host, run } = startInterpreter({ maxMemoryBytes: pages * PAGE })
  const fill = 'blocks = []\ntry:\n  while True: blocks.append(bytearray(10_000))\nexcept MemoryError:\n  del blocks\n  print("full")\n'
  expect(run(fill)).toBe('full\n')
  expect([host.memoryBytes(), host.isOutOfMemory]).toEqual([pages * PAGE, true])
  host.isOutOfMemory = false
  expect([run('print(len(bytearray(100_000)))'), host.isOutOfMemory]).toEqual(['100000\n', false])
  expect([run('try:\n  bytearray(2 * 10 ** 9)\nexcept MemoryError:\n  print("too much")'), host.isOutOfMemory]).toEqual([
    'too much\n',
    true,
  ])
})

test('code that is too large for the memory is not run, and nothing is broken', () => {
  const { host, run } = startInterpreter({ maxMemoryBytes: 500 * PAGE })
  expect([host.run(`x = '${'a'.repeat(600 * PAGE)}'`), host.isOutOfMemory, run('print(1)')]).toEqual([false, true, '1\n'])
})

test.each([
  ['a loop', 'while True: pass'],
  ['a loop in a regular expression', "import re; re.match('(a*)*b', 'a' * 60)"],
  ['a large number', '7 ** 10 ** 8'],
  ['sleep', 'import select; select.poll().poll(3_600_000)'],
  ['a wait without end', 'import select; select.poll().poll()'],
])('a signal ends %s as KeyboardInterrupt, and variables are kept', (_, code) => {
  let asked = 0
  let isDue = false
  const dueSignal = (): number => {
    asked += 1
    return isDue && asked > 3 ? 2 : 0
  }
  const { host, run } = startInterpreter({ dueSignal })
  run('x = 5')
  isDue = true
  asked = 0
  expect(host.run(code)).toBe(false)
  isDue = false
  expect(run('print(x)')).toBe('5\n')
})

test('sleeping takes its time, as the host’s clock tells it', () => {
  const { run, waited } = startInterpreter()
  const before = waited()
  expect(run('import select, time; start = time.monotonic(); select.poll().poll(1_500); print(round(time.monotonic() - start, 3))')).toBe(
    '1.5\n',
  )
  expect(waited() - before).toBeCloseTo(1_500, 0)
})

test('a program that waits for descriptor 3 hears when something comes', () => {
  const answers = [new TextEncoder().encode('hello')]
  let polls = 0
  const sent: string[] = []
  const { run } = startInterpreter({
    device: {
      read: (target) => {
        const answer = answers.shift() ?? new Uint8Array()
        target.set(answer)
        return answer.length
      },
      write: (bytes) => sent.push(new TextDecoder().decode(bytes)),
      waitReadable: () => {
        polls += 1
        return polls > 5
      },
    },
  })
  const code = 'import os, select; os.write(3, b"question"); p = select.poll(); p.register(3, 1); print(p.poll(), os.read(3, 100))'
  expect([run(code), sent, polls]).toEqual(["[(3, 1)] b'hello'\n", ['question'], 7])
  expect(
    run(
      'import errno\nfor call in (lambda: os.close(3), lambda: os.dup2(1, 3)):\n  try: call()\n  except OSError as error: print(errno.errorcode[error.errno])',
    ),
  ).toBe('EPERM\nEPERM\n')
})

test('ending and giving up end the run, and say how', () => {
  const { host } = startInterpreter()
  expect(() => host.run('import os; os._exit(3)')).toThrow(new GuestExit(3))
  expect(() => startInterpreter().host.run('import os; os.abort()')).toThrow(GuestAbort)
})

test('calling out of the interpreter is a violation that names the import', () => {
  const { host } = startInterpreter()
  expect(() => host.run('import ctypes; ctypes.CFUNCTYPE(None)(1)()')).toThrow(new SandboxViolation('ffi_call_js'))
})

test('ctypes is there for structures and arrays, and finds nothing of C', () => {
  expect(
    shared.run(`
import ctypes
class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]
print(ctypes.sizeof(Point), list((ctypes.c_int * 3)(1, 2, 3)))
try:
    ctypes.CDLL(None).system
except (AttributeError, OSError) as error:
    print(type(error).__name__, error)
`),
  ).toMatch(/^16 \[1, 2, 3\]\n(AttributeError|OSError) .*no (library|symbol)/)
})

test('there are no sockets, no processes, no threads and no shell', () => {
  expect(
    shared.run(`
import errno, os, socket, subprocess, threading
def told(call):
    try:
        return call()
    except BaseException as error:
        return type(error).__name__, errno.errorcode.get(getattr(error, 'errno', None))
for call in (socket.socket, lambda: socket.create_connection(('127.0.0.1', 80)), lambda: socket.gethostbyname('localhost'),
             lambda: os.system('true'), lambda: subprocess.run(['true']), lambda: os.fork(), lambda: threading.Thread(target=print).start(),
             lambda: os.getuid(), lambda: os.environ.get('PATH'), lambda: os.ttyname(0), lambda: os.isatty(1)):
    print(told(call))
`),
  ).toBe(
    `${[
      "('OSError', 'EAFNOSUPPORT')",
      "('gaierror', None)",
      "('gaierror', None)",
      '-1',
      "('OSError', 'ENOTSUP')",
      "('OSError', 'ENOSYS')",
      "('RuntimeError', None)",
      '1000',
      'None',
      "('OSError', 'ENOTTY')",
      'False',
    ].join('\n')}\n`,
  )
})

test('it is always UTC, whatever the environment says', () => {
  expect(
    shared.run(`
import os, time, datetime
os.environ['TZ'] = 'America/New_York'
time.tzset() if hasattr(time, 'tzset') else None
print(time.tzname, time.timezone, time.daylight, time.localtime(0)[:6], time.mktime((1970, 1, 2, 0, 0, 0, 0, 0, 0)))
print(datetime.datetime.now().astimezone().isoformat()[:10], datetime.datetime.fromtimestamp(-86400 * 365 * 100).isoformat())
del os.environ['TZ']
`),
  ).toBe("('UTC', 'UTC') 0 0 (1970, 1, 1, 0, 0, 0) 86400.0\n2026-01-01 1870-01-25T00:00:00\n")
})

test('databases, archives, temporary files, maps and pipes work', () => {
  expect(
    shared.run(`
import mmap, os, shutil, sqlite3, tempfile, zipfile, pathlib
os.chdir('/home')
db = sqlite3.connect('t.db')
with db: db.executescript('create table t(a); insert into t values (1), (2)')
print(db.execute('select sum(a) from t').fetchone()); db.close()
with zipfile.ZipFile('z.zip', 'w') as z: z.writestr('a/b', b'x' * 100000)
print(zipfile.ZipFile('z.zip').testzip(), pathlib.Path('z.zip').stat().st_size > 0)
with tempfile.TemporaryFile() as f: f.write(b'abc'); f.seek(0); print(f.read())
with open('m', 'w+b') as f:
    f.write(b'0123456789'); f.flush()
    with mmap.mmap(f.fileno(), 0) as m: m[2:4] = b'XY'
    f.seek(0); print(f.read())
for n in range(300): pathlib.Path(f'tree/{n % 7}/{n % 3}').mkdir(parents=True, exist_ok=True); pathlib.Path(f'tree/{n % 7}/{n % 3}/{n}').write_text('x')
print(sum(len(files) for _, _, files in os.walk('tree'))); shutil.rmtree('tree'); print(sorted(os.listdir('.')))
`),
  ).toBe("(3,)\nNone True\nb'abc'\nb'01XY456789'\n300\n['m', 't.db', 'z.zip']\n")
})

test('a file of 100 MiB is written and read, and a disk that is full says so', () => {
  const { run, host } = startInterpreter()
  expect(
    run(`
import errno, hashlib
block = bytes(range(256)) * 4096
with open('large', 'wb') as f:
    for _ in range(100): f.write(block)
with open('large', 'rb') as f:
    digest = hashlib.sha256()
    while piece := f.read(1 << 20): digest.update(piece)
print(digest.hexdigest() == hashlib.sha256(block * 100).hexdigest())
try:
    with open('more', 'wb') as f:
        for _ in range(100): f.write(block)
except OSError as error: print(errno.errorcode[error.errno])
`),
  ).toBe('True\nENOSPC\n')
  expect(host.fileSystem.fileSize('/home/large')).toBe(100 * 2 ** 20)
  expect(host.fileSystem.usedBytes).toBeLessThanOrEqual(128 * 2 ** 20)
})

/** A copy of a heap, whole. */
function imageOf(host: Host): HeapImage {
  const captured = host.capture()
  const copy = captured.memory.slice()
  return {
    memoryBytes: captured.memoryBytes,
    tableLength: captured.tableLength,
    stackPointer: captured.stackPointer,
    runs: [{ offset: 0, length: copy.length }],
    read: (target, position) => target.set(copy.subarray(position, position + target.length)),
  }
}

function hashOf(image: HeapImage): string {
  const bytes = new Uint8Array(image.memoryBytes)
  image.read(bytes, 0)
  return createHash('sha256').update(bytes).digest('hex')
}
