import type { Capabilities, ExecutionResult } from './executor.ts'
import { listed } from './listed.ts'

/** What is known beside the result. */
export interface HintContext {
  /** Of where the next program runs. */
  readonly capabilities: Capabilities
  /** It is another place than that where the program ran. */
  readonly hasMoved?: boolean | undefined
  readonly code: string
  /** Paths of the files that were given. */
  readonly inputFiles: readonly string[]
}

/** One sentence about what to do, where there is something to say that the traceback does not (design.md 8.5). */
export function hintFor(result: ExecutionResult, context: HintContext): string | undefined {
  switch (result.reason) {
    case 'deadline':
      return 'Hint: compute less, or with a faster method, or in several programs.'
    case 'memory':
      return 'Hint: work in smaller pieces, and delete what is not needed any more.'
    case 'output_limit':
      return 'Hint: print less; write long output to a file.'
    case 'violation':
      return 'Hint: do without what the sandbox forbids.'
    case 'syntax_error':
      return /&(?:quot|lt|gt|amp|#39);/.test(context.code)
        ? 'Hint: the program has HTML entities such as &quot; in it; write the characters themselves.'
        : undefined
    case 'exception':
      return result.error && exceptionHint(result.error, context)
    default:
      return undefined
  }
}

function exceptionHint(error: NonNullable<ExecutionResult['error']>, context: HintContext): string | undefined {
  const { name, value, missingModule } = error
  if (missingModule !== undefined) return missingHint(missingModule, context)
  if (name === 'FileNotFoundError') {
    const { inputFiles } = context
    return inputFiles.length > 0 ? `Hint: the files that were given are: ${listed(inputFiles)}.` : 'Hint: no files were given.'
  }
  if (name === 'NameError') {
    if (/'default_api'/.test(value)) return 'Hint: inside a program there is no default_api; write plain Python.'
    if (/'(?:display|get_ipython)'/.test(value)) return 'Hint: this is not Jupyter; use print.'
  }
  if (name === 'EOFError' || /input\(\)/.test(value)) return 'Hint: there is no keyboard; write the values into the program.'
  if (
    context.capabilities.network === 'none' &&
    /^(?:URLError|gaierror|ConnectionError|ConnectError|NewConnectionError|MaxRetryError|TimeoutError)$/.test(name)
  )
    return 'Hint: there is no network here; work with the files and the libraries that are there.'
  return undefined
}

function missingHint(module: string, { capabilities: { packages }, hasMoved }: HintContext): string {
  // A program can raise this error with any name: only what can be a module's is repeated.
  const [top] = /^[\p{L}\p{N}_]{1,80}(?=\.|$)/u.exec(module) ?? []
  if (hasMoved)
    return `Hint: the module ${top === undefined ? '' : `${top} `}is there now; send the program again, without what it has done already.`
  const names = packages.map(({ name }) => name)
  const there = names.length > 0 ? `beside the standard library there are: ${listed(names)}` : 'the standard library is there'
  return `Hint: the module ${top === undefined ? '' : `${top} `}is not here and cannot be installed; ${there}.`
}
