import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImageError } from './image-error.ts'
import { atAnyPlace, partReader, readPart } from './part-reader.ts'

const BYTES = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)
let folder: string
let file: number

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interloop-part-'))
  writeFileSync(join(folder, 'image'), BYTES)
  file = openSync(join(folder, 'image'), 'r')
})
afterAll(() => {
  closeSync(file)
  rmSync(folder, { recursive: true })
})

describe.each<[string, () => number | Uint8Array]>([
  ['a file', () => file],
  ['memory', () => BYTES],
])('a part of %s', (_, source) => {
  it('is read whole, and at any place', () => {
    expect(readPart(source(), { offset: 2, size: 3 })).toEqual(Uint8Array.of(2, 3, 4))
    const target = new Uint8Array(2)
    partReader(source(), { offset: 2, size: 3 }).read(target, 1)
    expect(target).toEqual(Uint8Array.of(3, 4))
  })

  it('is not read beyond its end, or before it begins', () => {
    const part = partReader(source(), { offset: 2, size: 3 })
    for (const position of [-1, 2, 3, Number.NaN]) expect(() => part.read(new Uint8Array(2), position)).toThrow(ImageError)
  })

  it('is not made up where the image is too short for it', () => {
    expect(() => readPart(source(), { offset: 6, size: 3 })).toThrow(ImageError)
  })
})

describe('an image', () => {
  it('stays where it is, in a file or in memory', () => {
    expect(atAnyPlace(file, 8)).toBe(file)
    expect(atAnyPlace(BYTES, 8)).toBe(BYTES)
  })

  it('that comes through a pipe is read whole, or refused where it ends too early', () => {
    const program = `import { atAnyPlace } from '${new URL('part-reader.ts', import.meta.url)}'; console.log(String(atAnyPlace(0, +process.argv[1])))`
    const fromPipe = (size: number) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program, String(size)], { input: BYTES, encoding: 'utf8' })
    expect(fromPipe(8).stdout).toBe('0,1,2,3,4,5,6,7\n')
    expect(fromPipe(9).stderr).toContain('ImageError: an image ends before its last part does')
  })
})
