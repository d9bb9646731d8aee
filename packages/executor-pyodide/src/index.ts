export type { PyodideOptions } from './options.ts'
export { pyodideExecutor } from './pyodide-executor.ts'
