import { type Limits, OptionsError } from '@interloop/core/executor'

/** How `pyodideExecutor` runs programs. */
export interface PyodideOptions {
  /**
   * Where interpreters run (design.md 12). `thread`: in this process, behind the import boundary alone. `process`: in a process of its own that
   * never has a right. `sandbox`: the same under bubblewrap and seccomp. `auto`: `sandbox` where this system offers it, otherwise `process`.
   * A level that was named and cannot be had is an error of `prepare` and `createSession`.
   * @default 'auto'
   */
  readonly isolation?: 'auto' | 'thread' | 'process' | 'sandbox' | undefined
  /**
   * Where packages come from that programs can import: a folder with a `pyodide-lock.json` and the wheels that it names, as a path or a `file:` URL.
   * @default the environment variable `INTERLOOP_PACKAGES`, where it is set; otherwise there are none
   */
  readonly packageSource?: string | URL | undefined
  /**
   * What programs may bring in by importing it: `source`, all that the source lists; these packages by name, and what they need; or nothing
   * beyond what the image has. @default 'source'
   */
  readonly packagePolicy?: 'image' | 'source' | readonly string[] | undefined
  /** Where a bundled application has put the image of the interpreter. @default the one that the package carries, otherwise one that is built on first use */
  readonly image?: string | URL | undefined
  /** A Node binary that guests run in, where this program runs in none (Electron, Bun, single-file executables). @default the one of this process */
  readonly node?: string | undefined
  /** For all sessions; those of a session or a request go before them. */
  readonly limits?: Limits | undefined
  /** How many interpreters are kept started ahead, each used once. @default 1 */
  readonly pool?: number | undefined
  /** A folder for what is built on first use. @default the cache folder of this user, or else the temporary folder */
  readonly cacheFolder?: string | undefined
}

/** Throws `OptionsError` where an option cannot be right. */
export function checkOptions({ isolation = 'auto', node, limits, pool = 1, image, cacheFolder, packagePolicy }: PyodideOptions): void {
  if (!ISOLATIONS.includes(isolation)) {
    throw new OptionsError('isolation', `isolation must be one of ${ISOLATIONS.join(', ')}, got ${JSON.stringify(isolation)}`)
  }
  if (!Number.isInteger(pool) || pool < 0) throw new OptionsError('pool', `pool must be a whole number, 0 or more, got ${pool}`)
  for (const [name, value] of Object.entries({ node, cacheFolder, image: image instanceof URL ? image.href : image })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new OptionsError(name, `${name} must name a place, got ${JSON.stringify(value)}`)
    }
  }
  if (packagePolicy !== undefined && packagePolicy !== 'image' && packagePolicy !== 'source' && !isNames(packagePolicy)) {
    throw new OptionsError(
      'packagePolicy',
      `packagePolicy must be image, source or names of packages, got ${JSON.stringify(packagePolicy)}`,
    )
  }
  checkLimits(limits)
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** Throws `OptionsError` where a limit is no positive number, or memory is less than an interpreter needs. */
export function checkLimits(limits: Limits = {}): void {
  for (const [name, value] of Object.entries(mergeLimits(limits))) {
    if (!(value > 0)) throw new OptionsError(`limits.${name}`, `limits.${name} must be a positive number, got ${value}`)
  }
  const { memoryBytes = LEAST_MEMORY_BYTES } = limits
  if (memoryBytes >= LEAST_MEMORY_BYTES) return
  throw new OptionsError('limits.memoryBytes', `limits.memoryBytes must be at least ${LEAST_MEMORY_BYTES}, got ${memoryBytes}`)
}

/** Of what is defined, the later goes before the earlier. */
export function mergeLimits(...limits: readonly (Limits | undefined)[]): Limits {
  return Object.fromEntries(limits.flatMap((each) => Object.entries(each ?? {}).filter(([, value]) => value !== undefined)))
}

const ISOLATIONS: readonly string[] = ['auto', 'thread', 'process', 'sandbox']

/** What an interpreter has when it has started, and a little for a program (pyodide.md 9.3). */
const LEAST_MEMORY_BYTES = 64 * 2 ** 20
