export { ExecutorError, InterloopError, ModelError, OptionsError } from './errors.ts'
export { RunError } from './run.ts'
