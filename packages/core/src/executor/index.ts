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
export { defineExecutor, type ExecutorDefinition } from './define-executor.ts'
export type { OpenedSession, RunContext } from './opened-session.ts'
export type { Ran } from './ran.ts'
export { type RunCodeOptions, runCode } from './run-code.ts'
