export { ExecutorError, type ExecutorErrorCode, InterloopError, OptionsError } from '../errors.ts'
export type {
  Capabilities,
  CodeError,
  Display,
  ExecutionContext,
  ExecutionRequest,
  ExecutionResult,
  Executor,
  ExecutorEvent,
  FileChange,
  FileInput,
  Isolation,
  Limits,
  MoveCause,
  Moved,
  Outcome,
  PrepareProgress,
  Reason,
  Session,
  SessionFiles,
  SessionOptions,
  SessionRef,
  State,
  Strength,
} from '../executor.ts'
export { resultText } from '../feedback.ts'
export { type StandardOutput, type StandardSchema, type Tool, type ToolContext, tool } from '../tool.ts'
// What `defineExecutor` is made of, for executors that are written by hand, so that it has one meaning everywhere (docs/executors.md).
export { ABORTED, untilAborted } from './aborting.ts'
export { defineExecutor, type ExecutorDefinition } from './define-executor.ts'
export { checkFiles, checkPath } from './file-path.ts'
export { type HeldLimits, limitsFor } from './limits.ts'
export type { OpenedSession, RunContext } from './opened-session.ts'
export type { Ran } from './ran.ts'
export { outcomeOf } from './ran.ts'
export { type RunCodeOptions, runCode } from './run-code.ts'
export { safeEmit } from './safe-emit.ts'
export { createTurns, type Turns } from './turns.ts'
export { type FallbackOptions, withFallback } from './with-fallback.ts'
