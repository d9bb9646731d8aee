// An executor of one's own is held to the promises of the port. Compiled alone: the suite wants real Python.
import { scriptedExecutor } from '@interloop/core/testing'
import { describeExecutor } from '@interloop/core/testing/contract'

describeExecutor('an executor of my own', () => scriptedExecutor([]))
