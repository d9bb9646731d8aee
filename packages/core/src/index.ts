export type { ApprovalRequest, ApprovalSubject, Approve, Decision } from './approval.ts'
export type { Budgets } from './budget.ts'
export type { Chat, SavedChat } from './chat.ts'
export { createLoop, type Loop } from './create-loop.ts'
export {
  type ErrorCode,
  type ErrorInfo,
  ExecutorError,
  type ExecutorErrorCode,
  InterloopError,
  ModelError,
  type ModelErrorCode,
  OptionsError,
} from './errors.ts'
export type { EventBase, EventOf, EventType, LoopEvent, RepairKind, Told } from './events.ts'
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
} from './executor.ts'
export { type GeminiCandidate, type GeminiPart, type GeminiResponse, toGenerateContentResponse } from './exports/gemini-response.ts'
export { type GeminiInteraction, type InteractionContent, type InteractionStep, toInteraction } from './exports/interaction.ts'
export { toMarkdown } from './exports/markdown.ts'
export { type MimeBundle, type Notebook, type NotebookCell, type NotebookOutput, toNotebook } from './exports/notebook.ts'
export type { Input, InputPart } from './input.ts'
export type { ChunkIterator, Content, GenerateOptions, Model, ModelChunk, ModelRequest, ModelTraits, Part } from './model.ts'
export type { PrepareStep, StepOverride } from './prepare-step.ts'
export { type Run, RunError } from './run.ts'
export type { ChatOptions, LoopOptions, OnListenerError, RunOptions, Settings } from './settings.ts'
export type { Delta, ExecutionRecord, NotRun, Step, StepContent, StepHead, StepOf } from './steps.ts'
export type {
  Environment,
  FinishReason,
  ModelCall,
  OutputItem,
  PendingApproval,
  PendingFunction,
  Status,
  Summary,
  Usage,
} from './summary.ts'
export { type StandardOutput, type StandardSchema, type Tool, type ToolContext, tool } from './tool.ts'
export { applyEvent, type RunView, type StepView } from './view.ts'
