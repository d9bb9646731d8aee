import { expect } from 'vitest'
import type { Capabilities, Strength } from '../../executor.ts'
import { type ContractCase, python, subject } from './case.ts'

const STRENGTHS: readonly Strength[] = ['enforced', 'advisory', 'none']

/** What an executor declares is there and makes sense; that it is true is what the other subjects measure (design.md 6). */
export const capabilityCases: readonly ContractCase[] = subject('capabilities', [
  {
    name: 'declares capabilities that make sense',
    async run(lab) {
      const { specVersion, name, capabilities } = lab.executor
      expect(specVersion).toBe(1)
      expect(name).not.toBe('')
      expect(capabilities.version).toMatch(/\S/)
      expect(capabilities.runtime).toMatch(/\S/)
      expect(capabilities.languages).toContain('python')
      expect(capabilities.isolation).toBeOneOf(['none', 'thread', 'process', 'sandbox', 'container', 'vm', 'unknown'])
      expect(capabilities.network).toBeOneOf(['none', 'allowlist', 'open', 'unknown'])
      expect(capabilities.snapshots).toBeOneOf(['none', 'files', 'full'])
      expect([typeof capabilities.idempotent, typeof capabilities.tools]).toEqual(['boolean', 'boolean'])
      expect(Number.isFinite(capabilities.stopMs) && capabilities.stopMs >= 0).toBe(true)
      for (const strength of Object.values(capabilities.limits)) expect(strength).toBeOneOf([...STRENGTHS, undefined])
      expect(JSON.parse(JSON.stringify(capabilities))).toEqual(capabilities)
    },
  },
  {
    name: 'runs the version of Python that it declares',
    async run(lab) {
      const declared = /\b3\.\d+(\.\d+)?/.exec(lab.executor.capabilities.runtime)?.[0]
      if (declared === undefined) return
      const result = await lab.run(await lab.shared(), `import platform\nprint(platform.python_version())`)
      expect(`${result.stdout.trim()}.`.startsWith(`${declared}.`)).toBe(true)
    },
  },
  {
    name: 'has the packages that it declares',
    async run(lab) {
      const names = lab.executor.capabilities.packages.flatMap((declared) => importsOf(declared))
      // Imported where it is never reached, as that would take long: some executors bring only what a program imports.
      const imports = names.map((name) => `import ${name}`).join('; ') || 'pass'
      const result = await lab.run(
        await lab.shared(),
        python`
          import importlib.util
          def never_called(): ${imports}
          print([name for name in ${JSON.stringify(names)} if importlib.util.find_spec(name) is None])
        `,
      )
      expect(result.stdout).toBe('[]\n')
    },
  },
  {
    name: 'prepares again without harm',
    unless: ({ executor }) => (executor.prepare === undefined ? 'the executor has no prepare' : undefined),
    async run(lab) {
      const fractions: number[] = []
      const onProgress = ({ fraction }: { readonly fraction?: number | undefined }) => {
        if (fraction !== undefined) fractions.push(fraction)
      }
      await lab.executor.prepare?.({ onProgress })
      await Promise.all([lab.executor.prepare?.(), lab.executor.prepare?.()])
      expect(fractions.filter((fraction) => !(fraction >= 0 && fraction <= 1))).toEqual([])
      expect((await lab.run(await lab.shared(), `print('ready')`)).stdout).toBe('ready\n')
    },
  },
])

/** Top-level names only: a dotted one would import its parents. */
function importsOf(declared: Capabilities['packages'][number]): readonly string[] {
  return (declared.imports ?? []).filter((name) => !name.includes('.'))
}
