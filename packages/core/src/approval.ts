/** Decides for each program and each tool call. A hook that throws ends the run as `host_error`. */
export type Approve = (request: ApprovalRequest) => Decision | 'ask' | Promise<Decision | 'ask'>

/** What is asked for: a program, or a call of a tool. */
export type ApprovalRequest = {
  readonly callId: string
  /** 1..5 for code that was asked for because of a failure, 0 otherwise. */
  readonly regeneration: number
  readonly runId: string
  /** `RunOptions.context`: who is asking. */
  readonly context: unknown
} & ApprovalSubject

/** What a person must see to decide. The members of the other kind are there as `undefined`, so that all can be taken apart at once. */
export type ApprovalSubject =
  | { readonly kind: 'code'; readonly code: string; readonly name?: undefined; readonly arguments?: undefined }
  | { readonly kind: 'tool'; readonly name: string; readonly arguments: unknown; readonly code?: undefined }

/** What a policy or a person says. All but `allow` is told to the model as such. */
export type Decision =
  | 'allow'
  /** Code that the user only wants to see: it is not run. */
  | 'show'
  | 'deny'
  /** The reason is told to the model; `ends`: the run ends as `approval_denied`. */
  | { readonly deny: string; readonly ends?: boolean | undefined }
  | { readonly edit: { readonly code: string } | { readonly arguments: unknown } }
