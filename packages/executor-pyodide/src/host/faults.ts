/**
 * The guest called an import that it may not have. As the other faults it comes out of `Host.boot` and `Host.run`, and the interpreter is
 * over: the host must not run it again, but may lay another heap over it.
 */
export class SandboxViolation extends Error {
  override readonly name = 'SandboxViolation'
  /** Name of the import. */
  readonly import: string

  constructor(importName: string) {
    super(`the program called ${importName}, which is not allowed`)
    this.import = importName
  }
}

/** The guest ended its process (`os._exit`). */
export class GuestExit extends Error {
  override readonly name = 'GuestExit'
  readonly code: number

  constructor(code: number) {
    super(`the interpreter ended itself with code ${code}`)
    this.code = code
  }
}

/** The interpreter gave up (`os.abort`, a failed assertion, a fatal error of Python). */
export class GuestAbort extends Error {
  override readonly name = 'GuestAbort'
}
