// Builds an image for two who ask at the same time, and says what came out and how far it was in between.
import { createHash } from 'node:crypto'
import { buildInThread } from '../../src/image/build-in-thread.ts'
import { imageInputs } from '../../src/image/inputs.ts'

const inputs = imageInputs()
const phases: string[][] = [[], []]
const [image, other] = await Promise.all(phases.map((told) => buildInThread(inputs, ({ phase }) => told.push(phase))))
if (image === undefined) throw new Error('there is no image')
const sha256 = createHash('sha256').update(image).digest('hex')
console.log(JSON.stringify({ inputs, sha256, phases, isShared: image === other }))
