import { contractCases, describeExecutor } from '../../src/testing/contract/index.ts'
import { scriptedExecutor } from '../../src/testing/index.ts'

const PREPARES = 'prepares again without harm'

const others = contractCases.filter((contractCase) => contractCase.name !== PREPARES)
const skip = others.map((contractCase) => ({ test: contractCase.name, reason: 'it runs no Python' }))

// The scripted executor has no `prepare`: the one test that is left does not apply to it.
describeExecutor('honest', () => scriptedExecutor([]), { skip })
describeExecutor('mistaken', () => scriptedExecutor([]), {
  skip: [...skip, { test: 'a test that nobody wrote', reason: 'a slip of the pen' }],
})
describeExecutor('silent', () => scriptedExecutor([]), { skip: skip.with(0, { test: skip[0]?.test ?? '', reason: ' ' }) })
