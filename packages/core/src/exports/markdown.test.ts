import { describe, expect, test } from 'vitest'
import { PIXEL, sampleSummary, TRACEBACK } from '../../test/sample-summary.ts'
import { summaryOf } from '../../test/told-run.ts'
import { toMarkdown } from './markdown.ts'

describe('toMarkdown', () => {
  test('has text, code, output and what was made, in order', () => {
    expect(toMarkdown(sampleSummary())).toBe(`Let me compute.

\`\`\`python
print("go")
import sympy
\`\`\`

\`\`\`failed
stdout: go


stderr: a warning
${TRACEBACK}\`\`\`

\`\`\`python
print(total)
\`\`\`

> Not run, because an earlier call of the same answer was not carried out.

\`\`\`python
draw(safe=True)
\`\`\`

\`\`\`
5117
\`\`\`

![chart (1).png](chart%20%281%29.png)

[data/primes.csv](data/primes.csv)

\`\`\`python
print(6 * 7); 1 / 0
\`\`\`

\`\`\`
42
\`\`\`

\`\`\`failed
division by zero
\`\`\`

\`\`\`python
rm()
\`\`\`

> Not run: the user only wanted to see this program, and has seen it.

\`\`\`python
pass
\`\`\`

\`\`\`deadline_exceeded
\`\`\`

The chart

The chart shows it.
`)
  })

  test('has a fence that output cannot close, and pictures of the model', () => {
    const steps = [
      { type: 'model_output', content: [{ type: 'image', mime_type: 'image/png', data: PIXEL }] },
      { type: 'code_execution_call', id: 'c', arguments: { code: 'print("````")', language: 'python' }, regeneration: 0, host: 'model' },
    ] as const
    expect(toMarkdown(summaryOf({ steps }))).toBe(
      `![image](data:image/png;base64,${PIXEL})\n\n\`\`\`\`\`python\nprint("\`\`\`\`")\n\`\`\`\`\`\n`,
    )
  })

  test('is empty where nothing was said', () => {
    expect(toMarkdown(summaryOf())).toBe('')
  })
})
