// Builds an image, and says what came out and how far it was in between.
import { createHash } from 'node:crypto'
import { buildImage } from '../../src/image/build.ts'
import { readManifest } from '../../src/image/container.ts'
import { imageInputs } from '../../src/image/inputs.ts'
import { readPyodide } from '../../src/image/pyodide-package.ts'

const phases: string[] = []
const image = buildImage(readPyodide(), imageInputs(), ({ phase }) => phases.push(phase))
const { inputs } = readManifest(image)
console.log(JSON.stringify({ inputs, sha256: createHash('sha256').update(image).digest('hex'), phases }))
