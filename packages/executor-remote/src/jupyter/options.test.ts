import { OptionsError } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { checkOptions, isLoopbackLiteral, type JupyterOptions } from './options.ts'

function refusedOption(options: JupyterOptions): string {
  try {
    checkOptions(options)
    return 'none'
  } catch (error) {
    return OptionsError.is(error) ? error.option : String(error)
  }
}

test('fills in the defaults', () => {
  const { endpoint, ...settings } = checkOptions({ endpoint: 'http://127.0.0.1:8888/base/' })
  expect([endpoint.href, settings]).toEqual([
    'http://127.0.0.1:8888/base',
    { kernel: 'python3', files: 'kernel', folder: '', maxDownMs: 60_000, orphanMs: 900_000, pool: 0, imports: [] },
  ])
})

test.each<[string, string, JupyterOptions]>([
  ['no URL', 'endpoint', { endpoint: 'jupyter' }],
  ['another protocol', 'endpoint', { endpoint: 'ftp://127.0.0.1' }],
  ['a token in the URL', 'endpoint', { endpoint: 'http://127.0.0.1:8888/?token=secret' }],
  ['a password in the URL', 'endpoint', { endpoint: 'http://user:secret@127.0.0.1:8888' }],
  ['no TLS', 'endpoint', { endpoint: 'http://jupyter.example', token: 'secret' }],
  ['localhost, which is a name', 'endpoint', { endpoint: 'http://localhost:8888', token: 'secret' }],
  ['no token', 'token', { endpoint: 'https://jupyter.example' }],
  ['an empty token', 'token', { endpoint: 'https://jupyter.example', token: '' }],
  ['no time', 'maxDownMs', { endpoint: 'http://127.0.0.1', maxDownMs: 0 }],
  ['no time for orphans', 'orphanMs', { endpoint: 'http://127.0.0.1', orphanMs: Number.NaN }],
  ['a time without end', 'orphanMs', { endpoint: 'http://127.0.0.1', orphanMs: Number.POSITIVE_INFINITY }],
  ['a certificate that is none', 'tls', { endpoint: 'https://127.0.0.1', tls: { cert: 'secret', key: 'secret' } }],
  ['an authority that is none', 'tls', { endpoint: 'https://127.0.0.1', tls: { ca: 'secret' } }],
  ['a certificate without its key', 'tls', { endpoint: 'https://127.0.0.1', tls: { cert: 'secret' } }],
  ['half a kernel', 'pool', { endpoint: 'http://127.0.0.1', pool: 0.5 }],
  ['a limit of nothing', 'limits.wallMs', { endpoint: 'http://127.0.0.1', limits: { wallMs: 0 } }],
  ['an import that is code', 'imports', { endpoint: 'http://127.0.0.1', imports: ['os; os.remove("x")'] }],
  ['a folder that leads out', 'folder', { endpoint: 'http://127.0.0.1', folder: 'a/../../b' }],
])('refuses %s, naming the option %s', (_, option, options) => {
  expect(refusedOption(options)).toBe(option)
})

test('takes TLS with a token, a loopback address without, and anything that is told to be insecure', () => {
  expect(refusedOption({ endpoint: 'https://jupyter.example', token: 'secret' })).toBe('none')
  expect(refusedOption({ endpoint: 'https://jupyter.example', token: () => 'secret' })).toBe('none')
  expect(refusedOption({ endpoint: 'http://[::1]:8888' })).toBe('none')
  expect(refusedOption({ endpoint: 'http://jupyter.example', insecure: true })).toBe('none')
})

test('says nothing of what stands in an endpoint that it refuses', () => {
  for (const endpoint of ['http://user:secret@127.0.0.1', 'http://127.0.0.1/?token=secret', 'secret not a url']) {
    expect(() => checkOptions({ endpoint })).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret') }))
  }
})

test('knows loopback addresses, but no names', () => {
  expect(['127.0.0.1', '127.9.8.7', '[::1]'].map(isLoopbackLiteral)).toEqual([true, true, true])
  expect(['localhost', '10.0.0.1', '127.0.0.1.example', '[::2]'].map(isLoopbackLiteral)).toEqual([false, false, false, false])
})
