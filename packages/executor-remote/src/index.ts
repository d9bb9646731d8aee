export { jupyterExecutor } from './jupyter/jupyter-executor.ts'
export type { JupyterOptions } from './jupyter/options.ts'
export type { PythonOptions } from './local/environment.ts'
export { type LocalOptions, localExecutor } from './local/local-executor.ts'
