// The arguments of a tool have the types of its schema.
import { tool } from '@interloop/core'
import { z } from 'zod'

export const priceOf = tool({
  name: 'price_of',
  description: 'The price of an amount of an article.',
  parameters: z.object({ article: z.string(), amount: z.number() }),
  execute: ({ article, amount }) => `${article}: ${amount.toFixed(2)}`,
})
