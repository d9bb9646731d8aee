import { describeExecutor } from '@interloop/core/testing/contract'
import { localExecutor } from '../src/index.ts'

// With matplotlib, so that what is promised of figures is tried too.
describeExecutor('localExecutor', () => localExecutor({ packages: ['matplotlib'] }))
describeExecutor('localExecutor without confinement', () => localExecutor({ isolation: 'none' }))
