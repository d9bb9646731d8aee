export {
  type GeminiAnswer,
  type GeminiFailure,
  type GeminiReply,
  type GeminiServer,
  type GeminiServerOptions,
  type GeminiServerRequest,
  geminiServer,
  googleError,
} from './gemini-server.ts'
export { type ScriptedExecution, type ScriptedExecutor, scriptedExecutor } from './scripted-executor.ts'
export {
  type AnswerMakers,
  type AnswerOptions,
  answer,
  type CallAnswerOptions,
  type FencedAnswerOptions,
  type NativeAnswerOptions,
  type ScriptedAnswer,
  type ScriptedModel,
  type ScriptedModelOptions,
  scriptedModel,
} from './scripted-model.ts'
