// Writes the module that carries the Python files as text: `node build.ts`. A test fails when it is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** The module that exports the text of all Python files, by the name of each. */
export function sourcesModule(): string {
  return `// Written by build.ts from src/runtime and src/hosted; not to be changed by hand.

/** The Python files of the runtime, by name. */
export const SOURCES: Readonly<Record<string, string>> = ${sourcesOf('runtime')}

/** Those that take its place at the borders of a WebAssembly host, by name. No name stands in both. */
export const HOSTED_SOURCES: Readonly<Record<string, string>> = ${sourcesOf('hosted')}
`
}

function sourcesOf(folder: string): string {
  const place = new URL(`./src/${folder}/`, import.meta.url)
  const files = readdirSync(place).filter((name) => name.endsWith('.py'))
  const members = files.toSorted().map((name) => {
    const text = readFileSync(new URL(name, place), 'utf8')
    return `  ${name.slice(0, -'.py'.length)}: \`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`,\n`
  })
  return `{\n${members.join('')}}`
}

if (import.meta.main) writeFileSync(new URL('./src/sources.ts', import.meta.url), sourcesModule())
