/** A value for a message, whatever it is: on one line, at most about 100 characters. Never throws. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  const text = textOf(value)
  return text.length > 100 ? `${text.slice(0, 100).replace(/[\ud800-\udbff]$/, '')}…` : text
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value) // JSON makes null of NaN and of what is not finite
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return Object.prototype.toString.call(value) // it goes in circles, or holds a bigint
  }
}
