export { saveOutputs } from './save-outputs.ts'
export { sendResponse } from './send-response.ts'
