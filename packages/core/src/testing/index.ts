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
