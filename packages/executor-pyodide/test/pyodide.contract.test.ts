import { describeExecutor } from '@interloop/core/testing/contract'
import { pyodideExecutor } from '../src/index.ts'

describeExecutor('pyodideExecutor', pyodideExecutor)
