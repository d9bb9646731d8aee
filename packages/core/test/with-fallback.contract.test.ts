import { withFallback } from '../src/executor/index.ts'
import { describeExecutor } from '../src/testing/contract/index.ts'
import { pythonExecutor } from './reference/python-executor.ts'
import { type Registry, resumable } from './resumable-toy.ts'

const registry: Registry = new Map()

describeExecutor('withFallback over two reference executors', () =>
  withFallback(resumable(pythonExecutor(), registry), resumable(pythonExecutor(), registry)),
)
