import { fstatSync, readSync } from 'node:fs'
import type { Extent, ImageParts } from './image.ts'
import { ImageError } from './image-error.ts'

/** A part of an image that is read piece by piece, where it lies. */
export interface PartReader {
  readonly size: number
  /** Fills the target from that position of the part. Throws `ImageError` where the part ends before. */
  read(target: Uint8Array, position: number): void
}

/** Reads a part of an image. */
export function partReader(source: ImageParts['source'], extent: Extent): PartReader {
  return {
    size: extent.size,
    read(target, position) {
      if (!(position >= 0 && target.length <= extent.size - position)) throw new ImageError('an image is read beyond the end of a part')
      if (typeof source === 'number') fill(source, target, extent.offset + position)
      else target.set(wholeSlice(source, extent.offset + position, target.length))
    },
  }
}

/** A part of an image, read whole into memory of its own. */
export function readPart(source: ImageParts['source'], extent: Extent): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(extent.size)
  partReader(source, extent).read(bytes, 0)
  return bytes
}

/**
 * What an image can be read from at any place: a pipe, by which a process gets an image that lies in no file, is read whole first.
 * Throws `ImageError` where fewer bytes than that come out of it.
 */
export function atAnyPlace(source: ImageParts['source'], size: number): ImageParts['source'] {
  if (typeof source !== 'number' || fstatSync(source).isFile()) return source
  const bytes = new Uint8Array(size)
  fill(source, bytes, undefined)
  return bytes
}

/** From a position of a file, or without one from where it stands. */
function fill(descriptor: number, target: Uint8Array, position: number | undefined): void {
  let filled = 0
  while (filled < target.length) {
    const place = position === undefined ? null : position + filled
    const count = readSync(descriptor, target, filled, target.length - filled, place)
    if (count === 0) throw new ImageError('an image ends before its last part does')
    filled += count
  }
}

function wholeSlice(bytes: Uint8Array, start: number, size: number): Uint8Array {
  const slice = bytes.subarray(start, start + size)
  if (slice.length < size) throw new ImageError('an image ends before its last part does')
  return slice
}
