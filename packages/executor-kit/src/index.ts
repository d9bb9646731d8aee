export {
  type Bubblewrap,
  capabilityArguments,
  findBubblewrap,
  type Identity,
  NotConfinable,
  namespaceArguments,
  parentArguments,
  withoutRights,
} from './bubblewrap.ts'
export { cacheFolder, userCacheFolder } from './cache-folder.ts'
export { type OpenDescriptors, openAsDescriptors, shadowInherited } from './descriptors.ts'
export { findOnPath } from './find-on-path.ts'
export { createPool, type Guest, type Pool } from './pool.ts'
export { type Ended, runProgram } from './run-program.ts'
export { serveToolCalls, type ToolAnswer, type ToolCall, type ToolCalls } from './tool-calls.ts'
