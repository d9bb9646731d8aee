// A function of yours that the model may call beside Python. Its arguments have the types of its schema.
import { createLoop, tool } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'
import { z } from 'zod'

const stock = { bolt: 1200, nut: 950, washer: 4000 }

const stockOf = tool({
  name: 'stock_of',
  description: 'How many pieces of an article are in the warehouse.',
  parameters: z.object({ article: z.enum(['bolt', 'nut', 'washer']) }),
  execute: ({ article }) => stock[article],
})

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor(), tools: [stockOf] })
console.log(await loop.run('A set takes 3 bolts, 3 nuts and 6 washers. How many sets can we pack?').text)
