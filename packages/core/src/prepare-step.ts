import type { Limits } from './executor.ts'
import type { Content, Model } from './model.ts'
import type { Tool } from './tool.ts'

/** Asked before each request to the model; what it returns holds for this one step. One that throws ends the run as `host_error`. */
export type PrepareStep = (step: {
  /** From 1: the model call that is about to be made. */
  readonly number: number
  readonly regenerations: number
  readonly contents: readonly Content[]
  /** `RunOptions.context`: who is asking. */
  readonly context: unknown
}) => StepOverride | undefined | Promise<StepOverride | undefined>

/** What is different in one step. */
export interface StepOverride {
  readonly model?: Model | undefined
  /** In place of the run's `instructions`. */
  readonly instructions?: string | undefined
  /** In place of the run's `tools`. */
  readonly tools?: readonly Tool[] | undefined
  /** Over the run's `limits`, member by member. */
  readonly limits?: Limits | undefined
  /** Over the run's `config`, member by member. */
  readonly config?: Readonly<object> | undefined
}
