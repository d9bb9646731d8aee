/** A client of a Jupyter server that is measured. */
export interface Arm {
  readonly name: string
  /** A kernel of its own, ready for its first program. */
  open(): Promise<OpenKernel>
  /** Fills a pool, where there is one. */
  prepare?(): Promise<void>
  close(): Promise<void>
}

/** One kernel. */
export interface OpenKernel {
  /** Runs a program to its end; resolves with how many characters it printed that arrived. */
  run(code: string): Promise<number>
  close(): Promise<void>
}

/** Times of one kind, milliseconds. */
export interface Times {
  readonly p50: number
  readonly p95: number
  readonly min: number
  readonly count: number
}

/** How long a piece of work took, milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Of at least one time. */
export function timesOf(milliseconds: readonly number[]): Times {
  const sorted = milliseconds.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), min: at(0), count: sorted.length }
}
