import { describeExecutor } from '@interloop/core/testing/contract'
import { pyodideExecutor } from '../src/index.ts'
import { LEVELS } from './levels.ts'

for (const isolation of LEVELS) describeExecutor(`pyodideExecutor, ${isolation}`, () => pyodideExecutor({ isolation }))
