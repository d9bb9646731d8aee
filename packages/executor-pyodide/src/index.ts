export { type PyodideOptions, pyodideExecutor } from './pyodide-executor.ts'
