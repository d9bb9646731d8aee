import { CallError } from '../errno.ts'
import { descriptionOf, type ImportContext, type Imports, systemCalls } from './import-context.ts'

/** The network, which is not there. */
export function socketImports(context: ImportContext): Imports {
  return {
    ...systemCalls({
      /** socket(2): no family of addresses is known. */
      __syscall_socket: () => {
        throw new CallError('EAFNOSUPPORT')
      },
      ...Object.fromEntries(
        ON_SOCKETS.map((name) => [
          name,
          (descriptor: number) => {
            descriptionOf(context, descriptor)
            throw new CallError('ENOTSOCK')
          },
        ]),
      ),
    }),
    /** getaddrinfo(3): the name is not known. */
    getaddrinfo: () => NAME_NOT_KNOWN,
    /** getnameinfo(3): neither. */
    getnameinfo: () => NAME_NOT_KNOWN,
    /** getprotobyname(3): a null pointer. */
    getprotobyname: () => 0,
    /** gethostbyname(3): no address. */
    _emscripten_lookup_name: () => 0,
    ...ASYNCHRONOUS,
  }
}

/** What a descriptor would have to be a socket for. */
const ON_SOCKETS = [
  '__syscall_accept4',
  '__syscall_bind',
  '__syscall_connect',
  '__syscall_getpeername',
  '__syscall_getsockname',
  '__syscall_getsockopt',
  '__syscall_listen',
  '__syscall_recvfrom',
  '__syscall_recvmsg',
  '__syscall_sendmsg',
  '__syscall_sendto',
]

/**
 * Pyodide asks these before the call itself, whether the descriptor is one of its own asynchronous sockets: null and 0 say that it is none,
 * and that the call itself is to be made.
 */
const ASYNCHRONOUS: Imports = {
  _maybe_connect_async: () => null,
  _maybe_recvfrom_async: () => null,
  _maybe_sendto_async: () => null,
  _maybe_poll_async: () => null,
  _try_fcntl64: () => 0,
  _try_shutdown: () => 0,
}

/** `EAI_NONAME`. */
const NAME_NOT_KNOWN = -2
