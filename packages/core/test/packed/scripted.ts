// A run from the question over a failure to the answer, with the doubles alone.
import { createLoop } from '@interloop/core'
import { answer, scriptedExecutor, scriptedModel } from '@interloop/core/testing'

const loop = createLoop({
  model: scriptedModel([answer.code('import sympy'), answer.code('print(5117)'), answer.text('It is 5117.')]),
  executor: scriptedExecutor([
    {
      error: {
        name: 'ModuleNotFoundError',
        value: "No module named 'sympy'",
        traceback: "ModuleNotFoundError: No module named 'sympy'",
        line: 1,
      },
    },
    { stdout: '5117\n' },
  ]),
})

const { status, regenerations, output_text } = await loop.run('What is the sum of the first 50 prime numbers?').summary
console.log(JSON.stringify({ status, regenerations: regenerations.used, output_text }))
