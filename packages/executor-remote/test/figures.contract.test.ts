import { type Executor, runCode, type Session } from '@interloop/core/executor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jupyterExecutor, localExecutor } from '../src/index.ts'
import { jupyterServer, missingServer } from './servers/jupyter-server.ts'
import type { ServerProcess } from './servers/server-process.ts'

const missing = await missingServer('new')

describe('in the CPython of this machine', () => figuresOf(async () => ({ executor: localExecutor({ packages: ['matplotlib'] }) })))

describe.skipIf(missing)(`in an IPython kernel${missing ? ` (${missing})` : ''}`, () =>
  figuresOf(async () => {
    const server = await jupyterServer({ generation: 'new' })
    return { executor: jupyterExecutor({ endpoint: server.url, token: server.token }), server }
  }),
)

function figuresOf(make: () => Promise<{ readonly executor: Executor; readonly server?: ServerProcess }>): void {
  let place: Awaited<ReturnType<typeof make>>
  let session: Session

  beforeAll(async () => {
    place = await make()
    await place.executor.prepare?.()
    session = await place.executor.createSession()
    await runCode(session, 'import matplotlib.pyplot as plt')
  }, 300_000)
  afterAll(async () => {
    await place.executor[Symbol.asyncDispose]()
    await place.server?.[Symbol.asyncDispose]()
  })

  async function pictures(code: string): Promise<string[]> {
    const { displays, error } = await runCode(session, code)
    expect(error).toBeUndefined()
    return displays.flatMap(({ data }) => data['image/png'] ?? [])
  }

  // The same programs as in the figures of executor-pyodide: a figure means the same everywhere.
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
}
