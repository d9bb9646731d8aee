import { withFallback } from '../src/executor/index.ts'
import { describeExecutor } from '../src/testing/contract/index.ts'
import { pythonExecutor } from './reference/python-executor.ts'

describeExecutor('withFallback over two reference executors', () => withFallback(pythonExecutor(), pythonExecutor()))
