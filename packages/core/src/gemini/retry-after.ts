/** How long the `RetryInfo` among Google's error details asks to wait, milliseconds. Its delay is a protobuf duration: `34s`, `34.4s` (gemini-wire.md 3.9). */
export function retryInfoOf(details: readonly Readonly<Record<string, unknown>>[]): number | undefined {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000)
  }
  return undefined
}

/** How long a `Retry-After` header asks to wait, milliseconds: seconds, or a date (RFC 9110, 10.2.3). */
export function retryAfterOf(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) return undefined
  const text = header.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // A date begins with the name of a day; without it `Date.parse` takes almost anything.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
