import { expect, test } from 'vitest'
import { standIn } from '../../../test/host/stand-in.ts'
import { CREATE, READ_WRITE } from '../file-system/open.ts'

test('no socket is made, and nothing that is open is one', () => {
  const { failure, open } = standIn()
  open('file', CREATE | READ_WRITE)
  expect([failure('__syscall_socket', 2, 1, 0), failure('__syscall_socket', 1, 1, 0)]).toEqual(['EAFNOSUPPORT', 'EAFNOSUPPORT'])
  const names = [
    'accept4',
    'bind',
    'connect',
    'getpeername',
    'getsockname',
    'getsockopt',
    'listen',
    'recvfrom',
    'recvmsg',
    'sendmsg',
    'sendto',
  ]
  for (const name of names) {
    expect([failure(`__syscall_${name}`, 0, -1, -1, 0, 0, 0), failure(`__syscall_${name}`, 9, 0, 0, 0, 0, 0)]).toEqual([
      'ENOTSOCK',
      'EBADF',
    ])
  }
})

test('no name is known, and no descriptor is a socket of JavaScript', () => {
  const { call } = standIn()
  const known = ['getaddrinfo', 'getnameinfo', 'getprotobyname', '_emscripten_lookup_name'].map((name) => call(name, -1, -1, -1, -1))
  const ours = ['_maybe_connect_async', '_maybe_recvfrom_async', '_maybe_sendto_async', '_maybe_poll_async'].map((name) =>
    call(name, 3, -1, -1),
  )
  expect(known).toEqual([-2, -2, 0, 0])
  expect(ours).toEqual([null, null, null, null])
  expect([call('_try_fcntl64', 3, 4, 0, -1), call('_try_shutdown', 3, 2, -1)]).toEqual([0, 0])
})
