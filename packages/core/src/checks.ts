import { OptionsError } from './errors.ts'
import { shown } from './shown.ts'

// One rule each. What is broken is an OptionsError which names option, rule and value.

/** Throws where an option has a name that there is not: a misspelt limit limits nothing. */
export function checkNames(of: string, given: unknown, known: readonly string[]): void {
  if (!isObject(given)) throw new OptionsError(of, `${of} must be an object, got ${shown(given)}`)
  for (const name of Object.keys(given))
    if (!known.includes(name)) throw new OptionsError(name, `${name} is no option of ${of}; there are ${known.join(', ')}`)
}

/** Throws where a member of an option has a name that there is not, or is no number above 0. */
export function checkNumbers(of: string, values: object, known: readonly string[]): void {
  checkNames(of, values, known)
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && !(typeof value === 'number' && value > 0))
      throw new OptionsError(`${of}.${name}`, `${of}.${name} must be a number above 0, got ${shown(value)}`)
}

/** The value, where it is a whole number in that range. */
export function wholeNumber(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new OptionsError(option, `${option} must be a whole number ${range}, got ${shown(value)}`)
}

/** The value, where it is one of those. */
export function oneOf<T extends string>(option: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value
  throw new OptionsError(option, `${option} must be one of ${allowed.join(', ')}, got ${shown(value)}`)
}

/** The value, where it is a text or nothing. */
export function text(option: string, value: string | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new OptionsError(option, `${option} must be a text, got ${shown(value)}`)
}

/** The value, where it is true or false. */
export function flag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value
  throw new OptionsError(option, `${option} must be true or false, got ${shown(value)}`)
}

/** The value, where it is a function or nothing. `name`: as the message calls it. */
export function hook<T>(option: string, value: T, name: string = option): T {
  if (value === undefined || typeof value === 'function') return value
  throw new OptionsError(option, `${name} must be a function, got ${shown(value)}`)
}

/** The value, where it is a list. */
export function list<T extends readonly unknown[]>(option: string, value: T): T {
  if (Array.isArray(value)) return value
  throw new OptionsError(option, `${option} must be a list, got ${shown(value)}`)
}

/** The value, where it is an object, and no list. `name`: as the message calls it. */
export function object<T extends object>(option: string, value: T, name: string = option): T {
  if (isObject(value) && !Array.isArray(value)) return value
  throw new OptionsError(option, `${name} must be an object, got ${shown(value)}`)
}

/** Whether a value has members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
