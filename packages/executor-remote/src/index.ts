export { type LocalOptions, localExecutor } from './local/local-executor.ts'
