import { fileURLToPath } from 'node:url'
import { type BuildResult, build, type Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium, noChromium } from './chromium.ts'

if (noChromium) console.warn(`browser.e2e: ${noChromium}`)

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

/** Marks no module as external: what a browser does not have makes it fail. */
async function bundled(contents: string): Promise<BuildResult & { readonly metafile: Metafile; readonly text: string }> {
  const built = await build({
    stdin: { contents, resolveDir: source('.'), loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'interloop',
    logLevel: 'silent',
  })
  return { ...built, text: built.outputFiles[0]?.text ?? '' }
}

describe.each([
  ['the main entry', "export * from './index.ts'"],
  ['./web', "export * from './web/index.ts'"],
  ['./executor', "export * from './executor/index.ts'"],
])('%s, bundled for a browser', (_, contents) => {
  test('contains no Node module, and not the SDK', async () => {
    const { metafile, text } = await bundled(contents)
    const packages = Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))
    expect(packages.filter((path) => !/node_modules\/(eventemitter3|eventsource-parser|p-retry|is-network-error)\//.test(path))).toEqual([])
    const imports = Object.values(metafile.inputs).flatMap((input) =>
      input.imports.filter(({ external }) => external).map(({ path }) => path),
    )
    expect(imports).toEqual([])
    expect(text).not.toMatch(/(from|import|require)\s*\(?\s*["'`](node:|@google)/)
  })
})

test('Node and the SDK are found where they are', async () => {
  await expect(bundled("export * from './node/index.ts'")).rejects.toThrow(/node:fs\/promises/)
  const { metafile } = await bundled("export * from './gemini/index.ts'")
  expect(Object.keys(metafile.inputs).some((path) => path.includes('@google/genai'))).toBe(true)
})

describe.skipIf(noChromium)(`a run in a browser${noChromium ? ` (${noChromium})` : ''}`, () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  test('fails, is repaired and answers, as in Node', async () => {
    const { text } = await bundled(`
      export { applyEvent, createLoop, toMarkdown } from './index.ts'
      export { answer, scriptedModel } from './testing/scripted-model.ts'
      export { scriptedExecutor } from './testing/scripted-executor.ts'
    `)
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => problems.push(message.text()))
    // A page of this machine is a secure context, in which a browser has all of `crypto`. Nobody listens there: it is answered here.
    await page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>A run</title>' }),
    )
    await page.goto('http://localhost/')
    await page.addScriptTag({ content: text })
    const seen = await page.evaluate(async () => {
      const { answer, applyEvent, createLoop, scriptedExecutor, scriptedModel, toMarkdown } = Reflect.get(globalThis, 'interloop')
      const model = scriptedModel([
        answer.code('import sympy', { before: 'Let me see.', in: 3 }),
        answer.code('print(5117)'),
        answer.text('The sum is 5117.', { in: 4 }),
      ])
      const executor = scriptedExecutor([
        { error: { name: 'ModuleNotFoundError', value: "No module named 'sympy'", traceback: 'ModuleNotFoundError: sympy' } },
        { stdout: '5117\n' },
      ])
      const run = createLoop({ model, executor }).run('What is the sum of the first 50 primes?')
      let view: { readonly steps: readonly { readonly type: string }[] } | undefined
      const types = new Set<string>()
      for await (const event of run) {
        view = applyEvent(view, event)
        types.add(event.event_type)
      }
      const summary = await run.summary
      model.assertDone()
      executor.assertDone()
      return {
        answer: await run.text,
        status: summary.status,
        regenerations: summary.regenerations.used,
        steps: view?.steps.map(({ type }) => type),
        types: [...types],
        markdown: toMarkdown(summary),
      }
    })
    await page.close()
    expect(problems).toEqual([])
    expect(seen).toEqual({
      answer: 'The sum is 5117.',
      status: 'completed',
      regenerations: 1,
      steps: [
        'user_input',
        'model_output',
        'code_execution_call',
        'code_execution_result',
        'code_execution_call',
        'code_execution_result',
        'model_output',
      ],
      types: expect.arrayContaining(['interaction.created', 'loop.regeneration', 'step.delta', 'interaction.completed']),
      markdown: expect.stringContaining('```\n5117\n```\n\nThe sum is 5117.\n'),
    })
  })
})
