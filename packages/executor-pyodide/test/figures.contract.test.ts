import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExecutionResult, type Executor, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pyodideExecutor } from '../src/index.ts'

const folder = process.env['INTERLOOP_PACKAGES']

/** The first executor could import wheels from a folder; this one cannot yet. What it promised then, it has to promise again. */
const HAS_PACKAGES = false

function withPackages(packageSource: string | undefined): Executor {
  // @ts-expect-error: the option comes back with the packages, and this line goes then, with `HAS_PACKAGES`.
  return pyodideExecutor({ packageSource })
}

describe.skipIf(!HAS_PACKAGES || folder === undefined)('figures and packages (skipped: this executor has no packages yet)', () => {
  const executor = withPackages(folder)
  let session: Session

  beforeAll(async () => {
    session = await executor.createSession()
    await runCode(session, 'import matplotlib.pyplot as plt', { limits: { wallMs: 60_000 } })
  })
  afterAll(() => executor[Symbol.asyncDispose]())

  async function pictures(code: string): Promise<string[]> {
    const { displays, error } = await runCode(session, code)
    expect(error).toBeUndefined()
    return displays.flatMap(({ data }) => data['image/png'] ?? [])
  }

  test.each([
    ['shown', 'plt.plot([1, 2])\nplt.show()', 1],
    ['shown twice', 'plt.plot([1, 2])\nplt.show()\nplt.show()', 1],
    ['left open', 'plt.plot([1, 2])', 1],
    ['left open by a program that failed before', 'plt.plot([1, 2])\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    pass', 1],
    ['saved and left open', `plt.plot([1, 2])\nplt.savefig('saved.png')`, 1],
    ['saved and closed', `plt.plot([1, 2])\nplt.savefig('saved.png')\nplt.close()`, 1],
    ['saved in two formats and shown', `plt.plot([1, 2])\nplt.savefig('a.svg')\nplt.savefig('a.png')\nplt.show()`, 1],
    ['saved, changed and saved again', `plt.plot([1, 2])\nplt.savefig('a.png')\nplt.plot([2, 1])\nplt.savefig('b.png')`, 2],
    ['saved into memory', `import io\nplt.plot([1, 2])\nplt.savefig(io.BytesIO())\nplt.close()`, 1],
    ['saved outside the working folder', `plt.plot([1, 2])\nplt.savefig('/tmp/outside.png')\nplt.close()`, 1],
    ['never drawn on', 'plt.figure()', 0],
    ['closed without being shown', 'plt.plot([1, 2])\nplt.close()', 0],
    ['two, left open', 'plt.plot([1, 2])\nplt.figure()\nplt.plot([2, 1])', 2],
    [
      'made without pyplot and saved',
      `from matplotlib.figure import Figure\nfigure = Figure()\nfigure.subplots().plot([1, 2])\nfigure.savefig('c.png')`,
      1,
    ],
    ['after matplotlib.use', `import matplotlib\nmatplotlib.use('Agg')\nplt.plot([1, 2])\nplt.show()`, 1],
  ])('a figure that is %s comes back', async (_what, code, count) => {
    const found = await pictures(code)
    expect([found.length, new Set(found).size]).toEqual([count, count])
    expect(found.every((picture) => atob(picture).startsWith('\x89PNG'))).toBe(true)
  })

  test('a PNG file that was saved is the display, byte for byte', async () => {
    const [picture = ''] = await pictures(`plt.plot([1, 2])\nplt.savefig('same.png', dpi=50)`)
    expect(Buffer.from(picture, 'base64').equals(await session.files.read('same.png'))).toBe(true)
  })

  test('figures stand between the lines that were printed around them', async () => {
    const told: string[] = []
    await runCode(session, `print('one')\nplt.plot([1])\nplt.show()\nprint('two')`, { onEvent: ({ type }) => told.push(type) })
    expect(told.filter((type) => type !== 'status')).toEqual(['stdout', 'display', 'stdout'])
  })

  test('a package is unpacked when it is imported, also by another one, and says so', async () => {
    const statuses: unknown[] = []
    const onEvent: NonNullable<Parameters<typeof runCode>[2]>['onEvent'] = (event) => {
      if (event.type === 'status') statuses.push([event.status, event.detail])
    }
    const frame = await runCode(session, `import pandas\npandas.DataFrame({'a': [1, 2]})`, { onEvent, limits: { wallMs: 60_000 } })
    expect(frame.value?.data['text/html']).toContain('<table')
    expect(statuses).toContainEqual(['preparing', expect.stringContaining('unpacking pandas')])
    expect(await pictures(`pandas.DataFrame({'a': [1, 2]}).plot()`)).toHaveLength(1)
  })

  test('a wheel that is not the one of the list is refused', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'interloop-'))
    try {
      await cp(folder ?? '', copy, { recursive: true })
      const lock = JSON.parse(await readFile(join(copy, 'pyodide-lock.json'), 'utf8'))
      const wheel = join(copy, lock.packages.six.file_name)
      const bytes = await readFile(wheel)
      await rm(wheel)
      await writeFile(wheel, Buffer.concat([bytes, Buffer.from('x')]))
      await using other = withPackages(copy)
      const result: ExecutionResult = await runCode(other, 'import six')
      expect([result.error?.name, result.error?.value]).toEqual([
        'ImportError',
        `${lock.packages.six.file_name} has not the sha256 that pyodide-lock.json lists`,
      ])
    } finally {
      await rm(copy, { recursive: true })
    }
  })
})
