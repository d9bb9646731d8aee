import { describeExecutor } from '@interloop/core/testing/contract'
import { localExecutor } from '../src/index.ts'

describeExecutor('localExecutor', () => localExecutor())
describeExecutor('localExecutor without confinement', () => localExecutor({ isolation: 'none' }))
