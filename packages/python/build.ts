// Writes the module that carries the Python files as text: `node build.ts`. A test fails when it is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** What the files of a folder are exported as. */
interface Module {
  /** Below `src`. */
  readonly folder: string
  readonly file: string
  readonly name: string
  readonly what: string
}

/** All modules with Python files. */
export const MODULES: readonly Module[] = [
  { folder: 'runtime', file: 'sources.ts', name: 'SOURCES', what: 'The Python files of the runtime, by name.' },
  {
    folder: 'kernel',
    file: 'kernel-sources.ts',
    name: 'KERNEL_SOURCES',
    what: 'The Python files that stand in an IPython kernel beside the runtime, by name.',
  },
  {
    folder: 'hosted',
    file: 'hosted-sources.ts',
    name: 'HOSTED_SOURCES',
    what: 'The Python files that take the place of the runtime at the borders of a WebAssembly host, by name. No name stands in both.',
  },
]

/** The module that exports the text of the Python files of a folder, by the name of each. */
export function sourcesModule({ folder, name: exported, what }: Module): string {
  const from = new URL(`./src/${folder}/`, import.meta.url)
  const files = readdirSync(from).filter((name) => name.endsWith('.py'))
  const members = files.toSorted().map((name) => {
    const text = readFileSync(new URL(name, from), 'utf8')
    return `  ${name.slice(0, -'.py'.length)}: \`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`,\n`
  })
  return `// Written by build.ts from src/${folder}; not to be changed by hand.\n\n/** ${what} */\nexport const ${exported}: Readonly<Record<string, string>> = {\n${members.join('')}}\n`
}

if (import.meta.main) {
  for (const module of MODULES) writeFileSync(new URL(`./src/${module.file}`, import.meta.url), sourcesModule(module))
}
