import { describeExecutor } from '@interloop/core/testing/contract'
import { pyodideExecutor } from '../src/index.ts'

describeExecutor('pyodideExecutor, process', () => pyodideExecutor({ isolation: 'process' }))
describeExecutor('pyodideExecutor, thread', () => pyodideExecutor({ isolation: 'thread' }))
