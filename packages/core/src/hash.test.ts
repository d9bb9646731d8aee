import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256 } from './hash.ts'

describe.each(['Node', 'a browser'])('sha256 in %s', (where) => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.each([
    ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['text', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['text beyond ASCII, as UTF-8', 'ä😀', '41cdb6f90a10b81f7bb0b8654e469a8866b8d24988d1bb2706dadc3641a8db3b'],
    ['bytes', Uint8Array.of(97, 98, 99), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'a part of a buffer',
      Uint8Array.of(0, 97, 98, 99, 0).subarray(1, 4),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ],
  ])('hashes %s', async (_, data, expected) => {
    if (where === 'a browser') vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    expect(await sha256(data)).toBe(expected)
  })
})
