// One measuring process: has the arms of one row work in turn, and tells its parent the CPU of each.
import { type Arm, handArm, ourArm, ourFastArm, requestsOf } from './arms.ts'
import { type Block, inTurn, timesFor } from './blocks.ts'
import type { ConversationName } from './conversation.ts'

/** What is compared in one process. The first arm is what the others are measured against. */
const [kind = '', conversation = '', baseUrl = ''] = process.argv.slice(2)
const name = conversation as ConversationName
const access = { apiKey: 'bench', baseUrl }

/** CPU of one block, milliseconds: much longer than a collection of garbage. */
const BLOCK_MS = 150
const GROUPS = 10

const blocks: Block[] = []
for (const [arm, of] of await arms()) blocks.push({ run: arm, times: await timesFor(arm, BLOCK_MS), units: requestsOf(of) })
const values = await inTurn(blocks, GROUPS)
process.send?.(values)
process.disconnect?.()

async function arms(): Promise<readonly (readonly [Arm, ConversationName])[]> {
  switch (kind) {
    case 'unary':
      return [
        [await handArm(name, access), name],
        [ourArm(name, access), name],
        [ourFastArm(name, access), name],
      ]
    case 'output':
      return [
        [await handArm(name, access), name],
        [ourArm(name, access), name],
      ]
    case 'streamed':
      return [
        [await handArm(name, access, { stream: true }), name],
        [ourArm(name, access, { stream: true }), name],
      ]
    case 'streamed-noise':
      return [
        [await handArm(name, access, { stream: true }), name],
        [await handArm(name, access, { stream: true }), name],
      ]
    case 'growth':
      return [
        [ourArm('ten-rounds', access), 'ten-rounds'],
        [ourArm('two-hundred-rounds', access), 'two-hundred-rounds'],
      ]
    case 'growth-by-hand':
      return [
        [await handArm('ten-rounds', access), 'ten-rounds'],
        [await handArm('two-hundred-rounds', access), 'two-hundred-rounds'],
      ]
    case 'noise':
      return [
        [await handArm(name, access), name],
        [await handArm(name, access), name],
      ]
    default:
      throw new Error(`There is no row ${kind}`)
  }
}
