import { runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../src/index.ts'
import { LEVELS } from './levels.ts'

const folder = process.env['INTERLOOP_PACKAGES']
const NOTE = 'skipped where INTERLOOP_PACKAGES names no folder with wheels'
const LONG = { wallMs: 120_000 }

describe.skipIf(folder === undefined)(`packages (${NOTE})`, () => {
  const executor = pyodideExecutor({ packageSource: folder, isolation: 'process' })
  let session: Session

  beforeAll(async () => {
    session = await executor.createSession()
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  async function printed(code: string, within: Session = session): Promise<string> {
    const { stdout, error } = await runCode(within, code, { limits: LONG })
    return error?.traceback ?? stdout
  }

  test('lists what can be imported, with versions and names', () => {
    expect(executor.capabilities.packages).toContainEqual({ name: 'numpy', version: '2.4.6', imports: ['numpy'] })
    expect(executor.capabilities.packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['pandas', 'matplotlib', 'Pillow']))
  })

  // What is expected are numbers of mathematics, or stands in the definition of a format.
  test.each([
    [
      'linear algebra',
      'import numpy as np\nprint(round(np.linalg.det(np.array([[2, 1], [1, 3]])), 9), np.linalg.eigvalsh([[2, 0], [0, 5]]).tolist())',
      '5.0 [2.0, 5.0]\n',
    ],
    [
      'Fourier transforms',
      'import numpy as np\nprint(np.fft.ifft(np.fft.fft([1, 2, 3, 4])).real.round(9).tolist())',
      '[1.0, 2.0, 3.0, 4.0]\n',
    ],
    [
      'random numbers by a seed',
      'import numpy as np\nprint(np.random.default_rng(1).integers(0, 100, 5).tolist())',
      '[47, 51, 75, 95, 3]\n',
    ],
    ['files of arrays', `import numpy as np\nnp.savez('a.npz', a=np.arange(3))\nprint(np.load('a.npz')['a'].sum())`, '3\n'],
    ['addresses for ctypes', 'import ctypes, numpy as np\nprint(np.arange(3).ctypes.data > 0)', 'True\n'],
    [
      'groups and joins',
      `import pandas as pd
a = pd.DataFrame({'k': ['x', 'y', 'x'], 'v': [1, 2, 3]})
print(a.groupby('k').v.sum().to_dict(), a.merge(pd.DataFrame({'k': ['x'], 'w': [9]})).w.tolist())`,
      "{'x': 4, 'y': 2} [9, 9]\n",
    ],
    [
      'time zones, over the change of clocks',
      `import pandas as pd\nprint(pd.Timestamp('2026-03-29 00:30', tz='UTC').tz_convert('Europe/Berlin') + pd.Timedelta(hours=1))`,
      '2026-03-29 03:30:00+02:00\n',
    ],
    [
      'time zones of the standard library',
      `import zoneinfo\nprint(zoneinfo.ZoneInfo('Asia/Tokyo').utcoffset(None or __import__('datetime').datetime(2026, 1, 1)))`,
      '9:00:00\n',
    ],
    [
      'exceptions of C++',
      `import kiwisolver
solver, value = kiwisolver.Solver(), kiwisolver.Variable('value')
solver.addConstraint(value == 1)
try:
    solver.addConstraint(value == 2)
except kiwisolver.UnsatisfiableConstraint:
    print('caught')`,
      'caught\n',
    ],
    [
      'jumps of C, where a picture is broken',
      `import io
from PIL import Image
file = io.BytesIO()
Image.new('RGB', (64, 64), 'red').save(file, 'JPEG')
try:
    Image.open(io.BytesIO(file.getvalue()[:300])).load()
except OSError as error:
    print(type(error).__name__)`,
      'OSError\n',
    ],
    [
      'memory that is not there',
      `import numpy as np
try:
    np.ones((600, 2 ** 20), dtype=np.uint8)
except MemoryError as error:
    print('refused')
print(np.ones(3).sum())`,
      'refused\n3.0\n',
    ],
    ['the versions that are installed', `import importlib.metadata, numpy\nprint(importlib.metadata.version('numpy'))`, '2.4.6\n'],
  ])('work: %s', async (_what, code, output) => {
    expect(await printed(code)).toBe(output)
  })

  test('are read-only, and no library that a program brings is loaded, not even a copy with one other byte', async () => {
    const code = `import numpy._core._multiarray_umath as module
content = bytearray(open(module.__file__, 'rb').read())
content[-1] ^= 1
open('changed.so', 'wb').write(content)
import importlib.machinery, importlib.util
def load(path):
    spec = importlib.util.spec_from_file_location('_multiarray_umath', path, loader=importlib.machinery.ExtensionFileLoader('_multiarray_umath', path))
    importlib.util.module_from_spec(spec)
try:
    load('/mnt/data/changed.so')
except ImportError as error:
    print(error)
try:
    open(module.__file__, 'wb')
except OSError as error:
    print(error.strerror)`
    expect(await printed(code)).toBe(
      '/mnt/data/changed.so belongs to no package that was checked: only those are loaded\nRead-only file system\n',
    )
  })

  test('are told while they come, and come once', async () => {
    await using fresh = await executor.createSession()
    const details = async (code: string) => {
      const told: (string | undefined)[] = []
      await runCode(fresh, code, { onEvent: (event) => event.type === 'status' && event.status === 'preparing' && told.push(event.detail) })
      return told
    }
    expect(await details('def later():\n    import six')).toEqual(['unpacking six 1.17.0'])
    expect(await details('import six')).toEqual([])
  })

  test('are there again after a reset, and after a program has ended the interpreter', async () => {
    await using fresh = await executor.createSession()
    const works = 'import numpy\nprint(numpy.arange(4).sum())'
    expect(await printed(works, fresh)).toBe('6\n')
    await fresh.reset?.()
    expect(await printed(works, fresh)).toBe('6\n')
    await runCode(fresh, 'import os\nos._exit(3)')
    expect(await printed(works, fresh)).toBe('6\n')
  })
})

describe.skipIf(folder === undefined)(`packages by policy (${NOTE})`, () => {
  test('come alone where they are named, with what they need; what is not named says so', async () => {
    await using executor = pyodideExecutor({ packageSource: folder, packagePolicy: ['python_dateutil'], isolation: 'thread' })
    expect(executor.capabilities.packages.map(({ name }) => name)).toEqual(['six', 'python-dateutil'])
    const { stdout, error } = await runCode(executor, 'import dateutil, six\nprint(six.__version__)\nimport numpy')
    expect([stdout, error?.name, error?.value]).toEqual([
      '1.17.0\n',
      'ImportError',
      'numpy 2.4.6 is none of the packages that may be loaded here',
    ])
  })
})

describe.skipIf(folder === undefined).each(LEVELS)(`packages at the level %s (${NOTE})`, (isolation) => {
  test('are imported', async () => {
    await using executor = pyodideExecutor({ packageSource: folder, isolation })
    const { stdout, error } = await runCode(executor, 'import numpy\nprint(numpy.arange(4).sum())', { limits: LONG })
    expect([stdout, error?.traceback]).toEqual(['6\n', undefined])
  })
})
