/** Why a system call failed. The numbers are those of WASI, which this libc has. */
export const ERRNO = {
  EACCES: 2,
  EAFNOSUPPORT: 5,
  EAGAIN: 6,
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EFAULT: 21,
  EFBIG: 22,
  EINTR: 27,
  EINVAL: 28,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTSOCK: 57,
  ENOTTY: 59,
  ENXIO: 60,
  EOVERFLOW: 61,
  EPERM: 63,
  EPIPE: 64,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  EOPNOTSUPP: 138,
} as const

/** Name of a reason. */
export type ErrnoName = keyof typeof ERRNO

/** A call that failed as calls of an operating system fail: a program gets its number, and goes on. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: ErrnoName

  constructor(code: ErrnoName) {
    super(code)
    this.code = code
  }

  get errno(): number {
    return ERRNO[this.code]
  }
}
