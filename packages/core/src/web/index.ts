export { type FromResponseOptions, fromResponse } from './from-response.ts'
export { StreamError, type StreamErrorCode } from './stream-error.ts'
export { type RequestLike, type ToResponseOptions, toResponse } from './to-response.ts'
