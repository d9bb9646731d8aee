import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fromBase64, toBase64 } from './base64.ts'

describe.each(['the platform', 'code of our own'])('base64 by %s', (by) => {
  const native = [
    [Uint8Array, 'fromBase64'],
    [Uint8Array.prototype, 'toBase64'],
  ] as const
  const kept = native.map(([on, name]) => Object.getOwnPropertyDescriptor(on, name))
  const withoutNative = (): void => {
    if (by !== 'the platform') for (const [on, name] of native) Reflect.deleteProperty(on, name)
  }
  afterEach(() => {
    for (const [at, [on, name]] of native.entries()) {
      const descriptor = kept[at]
      if (descriptor) Object.defineProperty(on, name, descriptor)
    }
    vi.restoreAllMocks()
  })

  it('gives back what it was given', () => {
    withoutNative()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      }),
    )
  })

  it('reads the alphabet of URLs, without padding and with line ends', () => {
    withoutNative()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(fromBase64(text)).toEqual(bytes)
        expect(fromBase64(text.replace(/(.{4})/g, '$1\r\n '))).toEqual(bytes)
      }),
    )
  })

  it('takes bytes that are more than a stack holds', () => {
    withoutNative()
    const bytes = new Uint8Array(1_000_001).map((_, at) => at % 251)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  })

  it.each(['a', '!!!!', 'aQ=', 'aQ===', 'a=Q=', 'ä'])('throws for %j, which is none', (text) => {
    withoutNative()
    expect(() => fromBase64(text)).toThrow()
  })
})
