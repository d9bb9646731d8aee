import { expect, it } from 'vitest'
import { eventProblems } from './check-events.mjs'

const start = '{"seq":0,"event_type":"interaction.created"}\n'
const end = '{"seq":1,"event_type":"interaction.completed","interaction":{"status":"completed"}}\n'

it.each([
  { lines: start + end, problems: [] },
  { lines: `· hello\n${end}`, problems: ['line 1 is not an object: · hello'] },
  { lines: start, problems: ['the last event is interaction.created, not interaction.completed'] },
  { lines: end, problems: ['line 1 has seq 1'] },
  { lines: start + end.replace('"completed"}', '"failed"}'), problems: ['the run is failed'] },
  {
    lines: start + end.trimEnd(),
    problems: ['the last line does not end', 'the last event is interaction.created, not interaction.completed'],
  },
  { lines: '', problems: ['the last line does not end', 'the last event is undefined, not interaction.completed'] },
])('finds $problems', ({ lines, problems }) => {
  expect(eventProblems(lines)).toEqual(problems)
})
