import { expect } from 'vitest'
import type { ExecutionResult } from '../../executor.ts'
import { type ContractCase, python, subject } from './case.ts'
import type { Lab } from './lab.ts'

async function noFigures(lab: Lab): Promise<string | undefined> {
  const result = await lab.run(await lab.shared(), `import importlib.util\nprint(importlib.util.find_spec('matplotlib') is not None)`)
  return result.stdout === 'True\n' ? undefined : 'matplotlib is not there'
}

const FIGURE = python`
  import matplotlib.pyplot as plt
  plt.plot([1, 2, 3])
`

/** Figures come back as displays, without duplicates (design.md 6). */
export const displayCases: readonly ContractCase[] = subject('displays', [
  {
    name: 'shows no displays where there is nothing to show',
    async run(lab) {
      const started = lab.start(await lab.shared(), `print('text only')`)
      const result = await started.result
      expect([result.displays, started.events.filter((event) => event.type === 'display')]).toEqual([[], []])
    },
  },
  {
    name: 'shows a figure that was shown',
    unless: noFigures,
    async run(lab) {
      const started = lab.start(await lab.shared(), `${FIGURE}\nplt.show()\nprint('after')`)
      const result = await started.result
      expect(pngs(result).map(isPng)).toEqual([true])
      expect(started.events.flatMap((event) => (event.type === 'display' ? [event.display] : []))).toEqual(result.displays)
      expect(result.stdout).toBe('after\n')
    },
  },
  {
    name: 'shows a figure that was left open at the end, once',
    unless: noFigures,
    async run(lab) {
      const session = await lab.shared()
      const first = await lab.run(session, FIGURE)
      const second = await lab.run(session, `print('nothing new')`)
      expect([pngs(first).map(isPng), pngs(second)]).toEqual([[true], []])
    },
  },
  {
    name: 'shows a figure that was saved and left open once',
    unless: noFigures,
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.savefig('saved.png')`)
      expect(pngs(result).map(isPng)).toEqual([true])
      expect(result.files.map(({ path, change }) => [path, change])).toEqual([['saved.png', 'created']])
    },
  },
  {
    name: 'shows a figure that was saved and closed, once',
    unless: noFigures,
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.savefig('closed.png')\nplt.close()`)
      expect(pngs(result).map(isPng)).toEqual([true])
    },
  },
  {
    name: 'shows no figure that was closed without being shown or saved',
    unless: noFigures,
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.close()`)
      expect(pngs(result)).toEqual([])
    },
  },
  {
    name: 'shows the figures of a program that failed',
    unless: noFigures,
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.show()\n1 / 0`)
      expect([result.reason, pngs(result).map(isPng)]).toEqual(['exception', [true]])
    },
  },
  {
    name: 'drops displays beyond their limit and counts them',
    unless: async (lab) =>
      lab.executor.capabilities.limits.displayBytes === 'enforced' ? noFigures(lab) : 'limits.displayBytes is not declared enforced',
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.show()`, { limits: { displayBytes: 100 } })
      expect([result.displays, result.dropped?.displays, result.reason]).toEqual([[], 1, 'completed'])
    },
  },
  {
    name: 'shows two figures apart',
    unless: noFigures,
    async run(lab) {
      const result = await lab.run(await lab.shared(), `${FIGURE}\nplt.show()\nplt.figure()\nplt.bar(['a', 'b'], [1, 2])\nplt.show()`)
      expect(pngs(result).map(isPng)).toEqual([true, true])
      expect(new Set(pngs(result)).size).toBe(2)
    },
  },
])

function pngs(result: ExecutionResult): string[] {
  return result.displays.flatMap((display) => display.data['image/png'] ?? [])
}

function isPng(base64: string): boolean {
  return atob(base64).startsWith('\x89PNG\r\n')
}
