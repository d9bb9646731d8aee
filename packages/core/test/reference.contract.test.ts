import { describeExecutor } from '../src/testing/contract/index.ts'
import { pythonExecutor } from './reference/python-executor.ts'

describeExecutor('the reference executor', pythonExecutor)
