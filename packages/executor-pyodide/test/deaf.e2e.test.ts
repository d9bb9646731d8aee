import { expect, test } from 'vitest'
import { loadImage } from '../src/image/load.ts'
import { speakWith } from '../src/levels/guest.ts'
import { plainLauncher } from '../src/levels/launcher.ts'
import { findNativeStack } from '../src/levels/native-stack.ts'
import { nodeProgram } from '../src/levels/node-program.ts'
import { findOrphanWatch } from '../src/levels/orphan-watch.ts'
import { processLevel } from '../src/levels/process.ts'

const LIMITS = { memoryBytes: 512 * 2 ** 20, fileBytes: 2 ** 20, files: 100 }
const PROGRAM = {
  wallMs: 30_000,
  memoryBytes: LIMITS.memoryBytes,
  outputBytes: 1_000,
  outputHardBytes: 10_000,
  displayBytes: 1_000,
  toolCalls: 10,
}

test('where no folder can be written a guest starts all the same, waits for tools with a time limit, and says that it hears no stop', async () => {
  const image = await loadImage()
  const launcher = plainLauncher(await nodeProgram(undefined), await findOrphanWatch())
  const level = processLevel({ image, launcher, stack: await findNativeStack(), controlFolders: ['/no/such/folder'] })
  const guest = speakWith(await level.start({ limits: LIMITS, isRehearsed: false }), LIMITS)
  try {
    await guest.ready
    const told: string[] = []
    const code = `import asyncio\ntry:\n    await asyncio.wait_for(tools.aio.slow(), 0.05)\nexcept TimeoutError:\n    print('too late')\nprint(await tools.aio.quick())`
    const result = await guest.execute(
      { number: 1, code, limits: PROGRAM },
      {
        onProgress: (progress) => told.push(progress.type === 'stdout' ? progress.text : progress.type),
        onCall: ({ id, name }) => name === 'quick' && guest.answer(1, id, { value: 'quick' }),
        onWaiting: () => {},
      },
    )
    expect([result?.ran.reason, told.join('')]).toEqual(['completed', 'too late\nquick\n'])
    expect(guest.stop(1)).toBe(false)
  } finally {
    await guest.kill()
    image.close()
  }
})
