// Says how much memory a new instance takes when an image is laid over it, and how much the image has in it.
import { createFileSystem } from '../../src/host/file-system/create-file-system.ts'
import { instantiateHost } from '../../src/host/instance.ts'
import { loadImage } from '../../src/image/load.ts'
import { openImage } from '../../src/image/open.ts'

const MEMORY_BYTES = 256 * 2 ** 20
const { parts } = await loadImage()
const image = openImage(parts)
const surroundings = { clock: { now: () => 0, date: () => 0 }, randomFill: () => {} }
const host = instantiateHost(image.compile(MEMORY_BYTES), {
  ...surroundings,
  fileSystem: createFileSystem(surroundings),
  environment: {},
  maxMemoryBytes: MEMORY_BYTES,
  wait: () => {},
  dueSignal: () => 0,
})
const before = process.memoryUsage.rss()
host.restore(image.heap)
const grownBytes = process.memoryUsage.rss() - before
const imageBytes = image.heap.runs.reduce((sum, { length }) => sum + length, 0)
console.log(JSON.stringify({ grownBytes, imageBytes, memoryBytes: host.memoryBytes() }))
