import { chmod, mkdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ExecutorError, runCode } from '@interloop/core/executor'
import { findOnPath, runProgram } from '@interloop/executor-kit'
import { beforeAll, describe, expect, test } from 'vitest'
import { localExecutor } from '../src/index.ts'
import { confine } from '../src/local/confinement.ts'
import { type PythonEnvironment, pythonFor } from '../src/local/environment.ts'
import { spawnConfined } from './spawn-confined.ts'

// 1.2 GB once, from the index that the user's uv or pip is set to; kept beside the other tools of this checkout.

const cache = fileURLToPath(new URL('../../../.tools/python', import.meta.url))
const MINUTES = 60_000

/** What Google names (gemini-wire.md 3.3), as it is imported; the older list first. */
const IMPORTS = [
  ...[
    'altair',
    'chess',
    'cv2',
    'matplotlib',
    'mpmath',
    'numpy',
    'pandas',
    'pdfminer',
    'reportlab',
    'seaborn',
    'sklearn',
    'statsmodels',
    'striprtf',
  ],
  ...[
    'sympy',
    'tabulate',
    'attr',
    'contourpy',
    'fpdf',
    'geopandas',
    'imageio',
    'jinja2',
    'joblib',
    'jsonschema',
    'jsonschema_specifications',
    'lxml',
  ],
  ...[
    'openpyxl',
    'packaging',
    'PIL',
    'google.protobuf',
    'pyparsing',
    'PyPDF2',
    'dateutil',
    'docx',
    'pptx',
    'scipy',
    'six',
    'toolz',
    'xlrd',
  ],
  ...['ortools', 'shapely', 'pyproj', 'requests', 'rich', 'xlsxwriter', 'h5py', 'pytz', 'markdown', 'networkx'],
]

test("the lock of Google's packages is one of hashes alone, without the address of any index", async () => {
  const lock = await readFile(new URL('../src/local/gemini-packages.txt', import.meta.url), 'utf8')
  const packages = lock
    .split(/\n(?=\S)/)
    .map((text) => ({ name: text.split('==')[0], hashes: text.match(/--hash=sha256:[0-9a-f]{64}/g)?.length ?? 0 }))
  expect(packages.filter(({ hashes }) => hashes === 0)).toEqual([])
  expect(lock).not.toMatch(/:\/\/|--index|--find-links|@ /)
})

// Not what a visitor's first `npm test` should fetch: continuous integration does, and whoever asks for it.
const isAsked = process.env['CI'] !== undefined || process.env['INTERLOOP_LONG'] !== undefined

describe.skipIf(!isAsked || findOnPath('python3') === undefined)("Google's packages (with CI or INTERLOOP_LONG set)", () => {
  let environment: PythonEnvironment | undefined
  let reason = ''

  beforeAll(async () => {
    await mkdir(cache, { recursive: true })
    await chmod(cache, 0o755)
    environment = await pythonFor({ packages: 'gemini', cacheFolder: cache }).catch((error: unknown) => {
      if (!ExecutorError.is(error)) throw error
      reason = error.message.slice(0, 200)
      return undefined
    })
  }, 8 * MINUTES)

  test('are told with version and import names', ({ skip }) => {
    if (environment === undefined) return skip(`they cannot be installed here: ${reason}`)
    const told = new Set(environment.packages.flatMap(({ imports = [] }) => imports))
    expect(IMPORTS.map((name) => name.split('.')[0] ?? '').filter((name) => !told.has(name))).toEqual([])
    expect(environment.packages.filter(({ version }) => !version)).toEqual([])
  })

  test.for(IMPORTS)('%s is there', async (name, { skip }) => {
    if (environment === undefined) return skip(`they cannot be installed here: ${reason}`)
    const { python } = environment
    expect(await runProgram(python, ['-I', '-W', 'ignore', '-c', `import ${name}`])).toMatchObject({ code: 0, stderr: '' })
  })

  test('are all imported by one program of a session that was given no limits', async ({ skip }) => {
    if (environment === undefined) return skip(`they cannot be installed here: ${reason}`)
    if (findOnPath('bwrap') === undefined) return skip('no bubblewrap')
    await using executor = localExecutor({ packages: 'gemini', cacheFolder: cache })
    const { reason: ended, error } = await runCode(executor, `import ${IMPORTS.join(', ')}`, { limits: { wallMs: MINUTES } })
    expect([ended, error]).toEqual(['completed', undefined])
  })

  test('work together in a confinement, with the memory that Google gives its own tool', async ({ skip }) => {
    if (environment === undefined) return skip(`they cannot be installed here: ${reason}`)
    if (findOnPath('bwrap') === undefined) return skip('no bubblewrap')
    const { python } = environment
    const confined = await confine({ python, readOnly: [], limits: { memoryBytes: 2 * 1024 ** 3 }, network: 'none' })
    const program = `
import ${IMPORTS.join(', ')}
import matplotlib.pyplot, numpy, pandas, sklearn.linear_model, scipy.stats, statsmodels.api
matplotlib.use('agg')
frame = pandas.DataFrame({'x': numpy.arange(10.0), 'y': numpy.arange(10.0) * 2})
frame.plot(x='x', y='y').figure.savefig('plot.png')
model = sklearn.linear_model.LinearRegression().fit(frame[['x']], frame['y'])
print(round(float(model.coef_[0]), 6), open('plot.png', 'rb').read(4))
`
    try {
      const ended = await spawnConfined(confined, ['-I', '-W', 'ignore', '-c', program])
      expect(ended).toMatchObject({ code: 0, stdout: "2.0 b'\\x89PNG'\n" })
    } finally {
      await confined.close()
    }
  })
})
