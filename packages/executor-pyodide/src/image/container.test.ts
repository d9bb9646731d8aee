import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkImage } from './check.ts'
import { encodeImage, readManifest } from './container.ts'
import { ImageError } from './image-error.ts'
import { readPart } from './part-reader.ts'
import { PYODIDE_VERSION } from './pyodide-version.ts'

const INPUTS = 'ab'.repeat(32)

function part(size: number, byte: number) {
  const bytes = new Uint8Array(size).fill(byte)
  return { bytes, sha256: sha256Of(bytes) }
}

function image(named: { pyodide?: string; inputs?: string } = {}): Uint8Array<ArrayBuffer> {
  const parts = { core: part(5_000, 1), library: part(1, 2), heap: part(4_096, 3) }
  return encodeImage({ pyodide: PYODIDE_VERSION, inputs: INPUTS, ...named }, parts)
}

/** The same image with another manifest, as long as before or shorter. */
function rewritten(bytes: Uint8Array<ArrayBuffer>, change: (manifest: Record<string, unknown>) => unknown): Uint8Array<ArrayBuffer> {
  const start = 20
  const length = new DataView(bytes.buffer).getUint32(16, true)
  const manifest = JSON.parse(new TextDecoder().decode(bytes.subarray(start, start + length)))
  const changed = bytes.slice()
  changed.fill(0x20, start, start + length)
  changed.set(new TextEncoder().encode(JSON.stringify(change(manifest))).subarray(0, length), start)
  return changed
}

describe('an image', () => {
  it('says where its parts are, and they are there', async () => {
    const bytes = image()
    const manifest = readManifest(bytes, bytes.length)
    expect(manifest).toMatchObject({
      format: 1,
      pyodide: PYODIDE_VERSION,
      inputs: INPUTS,
      core: { offset: 4_096, size: 5_000 },
      library: { offset: 12_288, size: 1 },
      heap: { offset: 16_384, size: 4_096 },
    })
    expect(readPart(bytes, manifest.library)).toEqual(Uint8Array.of(2))
    expect(readPart(bytes, manifest.heap)).toEqual(new Uint8Array(4_096).fill(3))
  })

  it('is taken where all of it is as it should be', async () => {
    const bytes = image()
    expect(await checkImage(bytes, { inputs: INPUTS })).toEqual(readManifest(bytes, bytes.length))
    expect(await checkImage(bytes, { inputs: INPUTS, sha256: sha256Of(bytes) })).toEqual(readManifest(bytes, bytes.length))
  })

  it('is refused where one bit of a part is another', async () => {
    const bytes = image()
    for (const name of ['core', 'library', 'heap'] as const) {
      const damaged = bytes.slice()
      const { offset, size } = readManifest(bytes, bytes.length)[name]
      damaged[offset + size - 1] = 0x80
      await expect(checkImage(damaged, { inputs: INPUTS })).rejects.toThrow(`its ${name} is damaged`)
    }
  })

  it('is refused where it is another than the one that was written down, even if it is whole', async () => {
    await expect(checkImage(image(), { inputs: INPUTS, sha256: 'cd'.repeat(32) })).rejects.toThrow('it is damaged')
  })

  it('is refused where it is of another release of Pyodide, and both are named', async () => {
    const refused = checkImage(image({ pyodide: '315.0.0' }), { inputs: INPUTS })
    await expect(refused).rejects.toThrow(`it was built from pyodide 315.0.0, and this version needs ${PYODIDE_VERSION}`)
  })

  it('is refused where it was built from other sources', async () => {
    await expect(checkImage(image({ inputs: 'other' }), { inputs: INPUTS })).rejects.toThrow('another version of this package')
  })

  it('is refused wherever it was cut off', async () => {
    const bytes = image()
    for (let length = 0; length < bytes.length; length += 7) {
      await expect(checkImage(bytes.slice(0, length), { inputs: INPUTS })).rejects.toThrow(ImageError)
    }
  })

  it.each<[string, (manifest: Record<string, unknown>) => unknown]>([
    ['another format', (manifest) => ({ ...manifest, format: 2 })],
    ['nothing', () => null],
    ['no release', ({ pyodide: _, ...manifest }) => manifest],
    ['a part less', ({ heap: _, ...manifest }) => manifest],
    ['a part that begins before the file', (manifest) => ({ ...manifest, core: { offset: -1, size: 1, sha256: '' } })],
    ['a part that is longer than the file', (manifest) => ({ ...manifest, core: { offset: 0, size: 9e15, sha256: '' } })],
    ['a part of no number', (manifest) => ({ ...manifest, core: { offset: '0', size: 1, sha256: '' } })],
    ['a part without a hash', (manifest) => ({ ...manifest, core: { offset: 0, size: 1 } })],
  ])('is refused where its manifest has %s', async (_, change) => {
    const bytes = image()
    expect(
      readManifest(
        rewritten(bytes, (manifest) => manifest),
        bytes.length,
      ),
    ).toEqual(readManifest(bytes, bytes.length))
    expect(() => readManifest(rewritten(bytes, change), bytes.length)).toThrow(ImageError)
  })
})

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
