import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One name that an entry of a package exports. */
export interface PublicName {
  readonly name: string
  /** `function`, `class`, `interface`, `type`, `const`, or where its declaration was not found `unknown`. */
  readonly kind: string
  /** The first sentence of its docstring; empty where it has none. */
  readonly sentence: string
}

/**
 * What a built module exports, read from its declarations (`.d.ts`). A scanner of text: TypeScript 7 has no API, and what the compiler
 * emits is regular. Throws for `export *`: public names are listed one by one.
 */
export function publicNames(file: string): readonly PublicName[] {
  const text = readFileSync(file, 'utf8')
  const everything = /^export \* .*$/m.exec(text)
  if (everything) throw new Error(`${file}: names are exported one by one, found ${everything[0]}`)
  const declared = [
    ...text.matchAll(/^export (?:declare )?(?:abstract )?(?:async )?(?:function|class|interface|type|const|let|enum) (\w+)/gm),
  ]
  const own = declared.map(([, name = '']) => describe(file, text, name))
  const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}(?: from ['"]([^'"]+)['"])?/gm)].flatMap(([, names = '', from]) =>
    split(names).map(({ local, exported }) => ({ ...(from ? lookUp(file, from, local) : describe(file, text, local)), name: exported })),
  )
  const unique = new Map([...own, ...listed].map((entry) => [entry.name, entry] as const))
  return [...unique.values()]
}

/** The names in the braces of an import or export. */
function split(names: string): readonly { local: string; exported: string }[] {
  return names
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean)
    .map((name) => {
      const [local = '', exported = local] = name.split(/ as /)
      return { local, exported }
    })
}

/** A name of another module; what comes from another package is described there. */
function lookUp(file: string, from: string, name: string): PublicName {
  if (!from.startsWith('.')) return { name, kind: 'type', sentence: `As \`${from}\` has it.` }
  const target = join(dirname(file), from.replace(/\.ts$/, '.d.ts'))
  const found = publicNames(target).find((entry) => entry.name === name)
  return found ?? { name, kind: 'unknown', sentence: '' }
}

/** A name that stands in this module, declared or imported. */
function describe(file: string, text: string, name: string): PublicName {
  const declaration = new RegExp(
    `^(?:export )?(?:declare )?(?:abstract )?(function|class|interface|type|const|let|enum) ${name}\\b`,
    'm',
  ).exec(text)
  if (declaration) return { name, kind: declaration[1] ?? 'unknown', sentence: sentenceBefore(text.slice(0, declaration.index)) }
  for (const [, names = '', from = ''] of text.matchAll(/^import (?:type )?\{([^}]*)\} from ['"]([^'"]+)['"]/gm)) {
    const imported = split(names).find(({ exported }) => exported === name)
    if (imported) return lookUp(file, from, imported.local)
  }
  return { name, kind: 'unknown', sentence: '' }
}

/** The first sentence of the docstring that this text ends with. */
function sentenceBefore(text: string): string {
  const end = text.trimEnd()
  if (!end.endsWith('*/')) return ''
  const start = end.lastIndexOf('/**')
  if (start < 0) return ''
  const lines = end.slice(start + 3, -2).split('\n')
  const prose = lines
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join('\n')
    .trim()
  const paragraph = prose.split(/\n\s*\n|\n@|^@/)[0] ?? ''
  const words = paragraph.replace(/\s+/g, ' ').replace(/\{@link ([^}]+)\}/g, '`$1`')
  // A sentence ends where the next one begins: not after `e.g.` or in a version number.
  return words.split(/(?<=[.!?]) (?=[A-Z`'"{])/)[0] ?? ''
}
