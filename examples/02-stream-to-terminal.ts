// Shows a run while it happens: every event, from the first to the summary.
import { createLoop } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })

for await (const event of loop.run('Throw two dice 100,000 times. How often is their sum 7?')) {
  switch (event.event_type) {
    case 'step.delta': // text, and what a program prints
      if ('text' in event.delta) process.stdout.write(event.delta.text)
      if (event.delta.type === 'code_execution_call') console.log(event.delta.arguments.code)
      break
    case 'step.stop':
      console.log(`\n── ${event.step.type}`)
      break
    case 'loop.regeneration':
      console.log(`── regeneration ${event.attempt} of ${event.max}: ${event.error?.name ?? event.reason}`)
      break
    case 'error':
      console.error(event.error.message, event.error.hint ?? '')
      process.exitCode = 1
      break
    case 'interaction.completed':
      console.log(
        `${event.interaction.status}: ${event.interaction.executions.length} programs, ${event.interaction.usage.total_tokens} tokens`,
      )
  }
}
