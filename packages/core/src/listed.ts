/** Of one name; longer ones are paths that nobody reads. */
const NAME_CHARS = 200

/**
 * Names in one line for the model: as many as fit, and how many more there are. Programs and data can choose names, so a line end
 * in one is replaced: it could pass for a line of ours (design.md 8.6).
 */
export function listed(names: readonly string[], maxChars = 250): string {
  let text = ''
  for (const [at, name] of names.entries()) {
    const next = `${at === 0 ? '' : ', '}${shortened(name.replace(/[\p{Cc}\u2028\u2029]/gu, '?'))}`
    if (at > 0 && text.length + next.length > maxChars) return `${text}, and ${names.length - at} more`
    text += next
  }
  return text
}

function shortened(name: string): string {
  return name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS).replace(/[\ud800-\udbff]$/, '')}…` : name
}
