// Reads what `npm run -s demo -- --json` prints: is it the event stream of one run, and nothing else? Plain JavaScript that Node 16 runs.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * What is wrong with these lines; nothing where they are one whole run.
 * @param {string} text one event a line
 * @returns {string[]}
 */
export function eventProblems(text) {
  const problems = []
  const lines = text.split('\n').slice(0, -1)
  if (!text.endsWith('\n')) problems.push('the last line does not end')
  for (const [at, line] of lines.entries()) {
    const event = parse(line)
    if (!event) problems.push(`line ${at + 1} is not an object: ${line.slice(0, 120)}`)
    else if (event.seq !== at) problems.push(`line ${at + 1} has seq ${event.seq}`)
  }
  const last = parse(lines[lines.length - 1] || '')
  if (last?.event_type !== 'interaction.completed') problems.push(`the last event is ${last?.event_type}, not interaction.completed`)
  else if (last.interaction?.status !== 'completed') problems.push(`the run is ${last.interaction?.status}`)
  return problems
}

/**
 * @param {string} line
 * @returns {{ seq?: unknown; event_type?: unknown; interaction?: { status?: unknown } } | undefined}
 */
function parse(line) {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] || '').href) {
  const text = readFileSync(0, 'utf8')
  const problems = eventProblems(text)
  console.error(problems.join('\n') || `a whole run in ${text.split('\n').length - 1} events`)
  process.exitCode = problems.length > 0 ? 1 : 0
}
