import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publicNames } from './declarations.ts'

const root = join(import.meta.dirname, '..')
const page = join(root, 'docs', 'api.md')

/**
 * What is wrong with `docs/api.md`, the list of public names with the first sentences of their docstrings, line by line; nothing where
 * all is well. Reads what `tsc -b` built. With `write` the page is written first.
 */
export function checkApi(write = false): readonly string[] {
  const undocumented: string[] = []
  const sections = entries().map(({ specifier, declarations }) => {
    const names = publicNames(declarations)
    for (const { name, kind, sentence } of names) {
      if (!sentence) undocumented.push(`${specifier}: ${name} (${kind}) has no docstring`)
    }
    return section(specifier, names)
  })
  const text = `# Public names\n\nWritten by \`npm run api\` from the docstrings; \`npm run check\` compares it.\n\n${sections.join('\n\n')}\n`
  if (write) writeFileSync(page, text)
  const stale = !existsSync(page) || readFileSync(page, 'utf8') !== text
  return stale ? [...undocumented, 'docs/api.md is not up to date: npm run api'] : undocumented
}

interface Entry {
  /** As it is imported. */
  readonly specifier: string
  readonly declarations: string
}

/** Every entry of every package, by what its manifest publishes. */
function entries(): readonly Entry[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const manifest = join(root, 'packages', folder, 'package.json')
    if (!existsSync(manifest)) return []
    const { name, publishConfig } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
    return Object.entries(publishConfig.exports).map(([path, file]) => ({
      specifier: `${name}${path.slice(1)}`,
      declarations: join(root, 'packages', folder, file.replace(/\.js$/, '.d.ts')),
    }))
  })
}

interface Manifest {
  readonly name: string
  readonly publishConfig: { readonly exports: Readonly<Record<string, string>> }
}

function section(specifier: string, names: ReturnType<typeof publicNames>): string {
  const rows = names
    .toSorted((one, other) => Number(isType(one.kind)) - Number(isType(other.kind)) || (one.name < other.name ? -1 : 1))
    .map(({ name, kind, sentence }) => `| \`${name}\` | ${kind} | ${sentence.replaceAll('|', '\\|')} |`)
  return [`## \`${specifier}\``, '', '| name | is a | what it is |', '|---|---|---|', ...rows].join('\n')
}

function isType(kind: string): boolean {
  return kind === 'interface' || kind === 'type'
}
