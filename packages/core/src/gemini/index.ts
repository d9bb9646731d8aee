export { gemini } from './gemini.ts'
export type { GeminiFetch, GeminiOptions, GeminiResponse, GeminiTimeouts } from './options.ts'
