// Writes the module that carries the Python files as text: `node build.ts`. A test fails when it is stale.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const FOLDER = new URL('./src/runtime/', import.meta.url)

/** The module that exports the text of all Python files, by the name of each. */
export function sourcesModule(): string {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.py'))
  const members = files.toSorted().map((name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8')
    return `  ${name.slice(0, -'.py'.length)}: \`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`,\n`
  })
  return `// Written by build.ts from src/runtime; not to be changed by hand.\n\n/** The Python files of the runtime, by name. */\nexport const SOURCES: Readonly<Record<string, string>> = {\n${members.join('')}}\n`
}

if (import.meta.main) writeFileSync(new URL('./src/sources.ts', import.meta.url), sourcesModule())
