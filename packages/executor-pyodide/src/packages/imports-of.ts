/**
 * The modules that a program imports, by their dotted names, also in functions and behind conditions. Read from the text, which need not be
 * correct: to name one that is never imported costs a little time, so what cannot be told is named.
 */
export function importsOf(program: string): ReadonlySet<string> {
  const found = new Set<string>()
  const code = withoutTexts(program).replaceAll(/\\\r?\n/g, ' ')
  for (const [, modules = '', from = '', inParentheses = '', names = inParentheses] of code.matchAll(STATEMENT)) {
    for (const module of namesIn(modules)) found.add(module)
    if (from === '') continue
    found.add(from)
    for (const name of namesIn(names)) found.add(from.endsWith('.') ? `${from}${name}` : `${from}.${name}`)
  }
  for (const [, , module = ''] of program.matchAll(CALL)) found.add(module)
  return found
}

/** `import a.b as c, d`, or `from a.b import (c as d, e)`: at the start of a statement. */
const STATEMENT =
  /(?:^|[;:\n])[ \t]*(?:import[ \t]+([^\n;#]+)|from[ \t]+([\p{ID_Continue}.]+)[ \t]+import\b[ \t]*(?:\(([^)]*)|([^\n;#]*)))/gu

/** `importlib.import_module('a.b')`, `__import__('a')`. */
const CALL = /\b(import_module|__import__)\s*\(\s*['"]([\p{ID_Continue}.]+)['"]/gu

/** The first word of each member of a list. */
function namesIn(list: string): readonly string[] {
  return list.split(',').flatMap((member) => /^[\p{ID_Continue}.]+/u.exec(member.trim()) ?? [])
}

/** Texts and comments as nothing, so that no word in them is taken for a statement. A text on one line ends with it, whatever it lacks. */
function withoutTexts(program: string): string {
  return program.replaceAll(TEXT, (match) => (match.startsWith('#') ? '' : "''"))
}

const TEXT = /#[^\n]*|("""|''')(?:\\.|(?!\1).)*(?:\1|$)|"(?:\\.|[^"\\\n])*(?:"|(?=\n)|$)|'(?:\\.|[^'\\\n])*(?:'|(?=\n)|$)/gs
