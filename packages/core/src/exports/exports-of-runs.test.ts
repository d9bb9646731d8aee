import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arbitraryRun } from '../../test/arbitrary-run.ts'
import { blocksOf } from './blocks.ts'
import { type GeminiPart, toGenerateContentResponse } from './gemini-response.ts'
import { toInteraction } from './interaction.ts'
import { fenced, toMarkdown } from './markdown.ts'
import { toNotebook } from './notebook.ts'

/** gemini-wire.md 3.1, one letter a part: text, code, result, image. */
const GRAMMAR = /^(t?cr{0,2}i*)*t*$/

function letterOf(part: GeminiPart): string {
  if ('text' in part) return part.thought ? '' : 't'
  if ('executableCode' in part) return 'c'
  return 'codeExecutionResult' in part ? 'r' : 'i'
}

test('whatever a run was, each export has its form, and the same programs', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRun, async ({ start }) => {
      const run = start()
      const [summary, contents] = await Promise.all([run.summary, run.contents])
      const before = JSON.stringify(summary)
      const programs = summary.steps.filter((step) => step.type === 'code_execution_call')
      const notRun = summary.steps.filter((step) => step.type === 'code_execution_result' && step.not_run)

      const parts = toGenerateContentResponse({ summary, contents }).candidates?.[0]?.content.parts ?? []
      expect(parts.map(letterOf).join('')).toMatch(GRAMMAR)
      expect(parts.filter((part) => 'executableCode' in part).map((part) => part.executableCode.id)).toEqual(programs.map(({ id }) => id))

      const { steps, usage } = toInteraction(summary)
      expect(steps.filter(({ type }) => type === 'code_execution_call')).toHaveLength(programs.length)
      expect(usage.total_tokens).toBe(
        usage.total_input_tokens + usage.total_output_tokens + usage.total_tool_use_tokens + usage.total_thought_tokens,
      )

      const { cells } = toNotebook(summary)
      expect(cells.filter(({ cell_type }) => cell_type === 'code')).toHaveLength(programs.length - notRun.length)
      expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)

      const markdown = toMarkdown(summary)
      for (const block of blocksOf(summary.steps)) if (block.kind === 'program') expect(markdown).toContain(fenced(block.code, 'python'))
      expect(JSON.stringify(summary)).toBe(before)
    }),
  )
})
