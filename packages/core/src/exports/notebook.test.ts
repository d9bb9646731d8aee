import { describe, expect, test } from 'vitest'
import { PIXEL, sampleSummary, TRACEBACK } from '../../test/sample-summary.ts'
import { summaryOf } from '../../test/told-run.ts'
import { toNotebook } from './notebook.ts'

const markdown = (number: number, source: string) => ({ cell_type: 'markdown', id: `cell-${number}`, metadata: {}, source })
const code = (number: number, source: string, execution_count: number | null, outputs: readonly object[]) => ({
  cell_type: 'code',
  id: `cell-${number}`,
  metadata: {},
  source,
  execution_count,
  outputs,
})

describe('toNotebook', () => {
  test('has texts as Markdown and programs as code with their output, failed ones too, as they ran', () => {
    expect(toNotebook(sampleSummary())).toEqual({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
        language_info: { name: 'python', version: '3.14.2' },
      },
      cells: [
        {
          ...markdown(1, '> Sum the primes.\n> Draw them.\n> \n> ![sketch.png](attachment:image-1)'),
          attachments: { 'image-1': { 'image/png': PIXEL } },
        },
        markdown(2, 'Let me compute.'),
        code(3, 'print("go")\nimport sympy', 1, [
          { output_type: 'stream', name: 'stdout', text: 'go\n' },
          { output_type: 'stream', name: 'stderr', text: 'a warning' },
          {
            output_type: 'error',
            ename: 'ModuleNotFoundError',
            evalue: "No module named 'sympy'",
            traceback: TRACEBACK.trimEnd().split('\n'),
          },
        ]),
        markdown(4, 'Not run, because an earlier call of the same answer was not carried out.\n\n```python\nprint(total)\n```'),
        code(5, 'draw(safe=True)', 2, [
          { output_type: 'stream', name: 'stdout', text: '5117\n' },
          {
            output_type: 'display_data',
            data: { 'image/png': `${PIXEL.slice(0, 40)}\n${PIXEL.slice(40)}\n`, 'text/plain': '<Figure>' },
            metadata: { width: 1 },
          },
          { output_type: 'display_data', data: { 'image/png': PIXEL }, metadata: {} },
          { output_type: 'display_data', data: { 'text/html': '<b>5117</b>' }, metadata: {} },
          {
            output_type: 'execute_result',
            execution_count: 2,
            data: { 'text/plain': '5117', 'application/json': { sum: 5117 } },
            metadata: {},
          },
        ]),
        code(6, 'print(6 * 7); 1 / 0', null, [
          { output_type: 'stream', name: 'stdout', text: '42\n' },
          { output_type: 'stream', name: 'stderr', text: 'division by zero\n' },
        ]),
        markdown(7, 'Not run: the user only wanted to see this program, and has seen it.\n\n```python\nrm()\n```'),
        code(8, 'pass', 3, [
          {
            output_type: 'error',
            ename: 'OUTCOME_DEADLINE_EXCEEDED',
            evalue: 'deadline',
            traceback: ['OUTCOME_DEADLINE_EXCEEDED: deadline'],
          },
        ]),
        markdown(9, 'The chart'),
        markdown(10, 'The chart shows it.'),
      ],
    })
  })

  test('has no cells, and no version, where nothing is known', () => {
    const { environment } = summaryOf()
    expect(toNotebook(summaryOf({ environment: { ...environment, runtime: 'unknown' } }))).toMatchObject({
      metadata: { language_info: { name: 'python' } },
      cells: [],
    })
  })

  test('keeps what a program calls JSON as text where it is none', () => {
    const steps = [
      { type: 'code_execution_call', id: 'c', arguments: { code: 'x', language: 'python' }, regeneration: 0, host: 'executor' },
      {
        type: 'code_execution_result',
        call_id: 'c',
        is_error: false,
        result: '',
        output: { stdout: '', stderr: '', displays: [{ data: { 'application/vnd.x+json': '{' } }] },
      },
    ] as const
    expect(toNotebook(summaryOf({ steps })).cells[0]).toMatchObject({ outputs: [{ data: { 'application/vnd.x+json': '{' } }] })
  })
})
