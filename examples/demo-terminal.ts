import { styleText } from 'node:util'
import type { LoopEvent, StepOf, Summary } from '@interloop/core'

/** A line about what goes on, on stderr. Colours are for terminals alone, and not where NO_COLOR is set. */
export function note(text: string, end = '\n'): void {
  process.stderr.write(dim(`· ${text}`) + end)
}

/**
 * Shows a run as it comes: steps dim on stderr, the answer on stdout. Only when a text has ended is it known whether it was the answer,
 * or whether code follows. A terminal shows every text at once; otherwise stdout gets the answer alone.
 */
export function terminalView({ isRecorded }: { readonly isRecorded: boolean }): (event: LoopEvent) => void {
  const paper = createPaper()
  const isLive = process.stdout.isTTY === true
  let held = ''
  let preparing = false

  function prepared(how = ''): void {
    if (preparing) process.stderr.write(dim(`${how}\n`))
    preparing = false
  }
  /** What was said before a program is no answer. */
  function release(): void {
    if (held) paper.write('said', held)
    held = ''
  }

  return (event) => {
    switch (event.event_type) {
      case 'loop.session':
        if (event.state === 'preparing' && !preparing) note(`${event.cause ?? 'starting Python'} (a few seconds) … `, '')
        if (event.state === 'preparing') preparing = true
        if (event.state === 'lost') paper.line('  ~ the interpreter was lost; a fresh one goes on')
        break
      case 'loop.environment':
        prepared(seconds(event.elapsed_ms))
        break
      case 'step.start':
        if (event.step.type !== 'model_output' && event.step.type !== 'thought') release()
        if (event.step.type === 'code_execution_call') paper.line('  python')
        break
      case 'step.delta':
        switch (event.delta.type) {
          case 'text':
            if (isLive) paper.write('answer', event.delta.text)
            else held += event.delta.text
            break
          case 'code_delta':
            paper.write('code', event.delta.text)
            break
          case 'code_execution_call':
            paper.write('code', event.delta.arguments.code)
            break
          case 'stdout':
          case 'stderr':
            paper.write('output', event.delta.text)
            break
          case 'display':
            paper.line(`  = ${Object.keys(event.delta.display.data).join(', ')}`)
            break
          case 'file':
            paper.line(`  + ${event.delta.path} ${event.delta.change}, ${event.delta.size} bytes`)
            break
        }
        break
      case 'step.stop':
        if (event.step.type === 'code_execution_result') showResult(event.step, paper)
        if ('discarded' in event.step && event.step.discarded) held = ''
        break
      case 'loop.regeneration':
        paper.line(`  ~ regeneration ${event.attempt}/${event.max}`)
        break
      case 'loop.repair':
        paper.line(`  ~ the answer could not be used (${event.kind}): asking again, ${event.attempt}/${event.max}`)
        break
      case 'loop.retry':
        if (event.discarded) held = ''
        paper.line(`  ~ it did not get through (${event.code}): again in ${seconds(event.delay_ms)}`)
        break
      case 'interaction.completed':
        prepared()
        paper.end()
        if (!isLive && event.interaction.output_text) process.stdout.write(`${event.interaction.output_text.trimEnd()}\n`)
        close(event.interaction, isRecorded)
        break
    }
  }
}

function showResult({ execution, output, result, not_run }: StepOf<'code_execution_result'>, paper: Paper): void {
  const time = execution ? `  (${Math.round(execution.usage.wall_ms)} ms)` : ''
  if (execution?.error) paper.line(`  ! ${execution.error.name}: ${firstLine(execution.error.value)}${time}`)
  else if (not_run || !execution) paper.line(`  ! not run: ${firstLine(not_run ?? result)}`)
  else if (execution.reason !== 'completed') paper.line(`  ! ${execution.reason}${time}`)
  else {
    if (output?.value) paper.write('output', `${output.stdout ? '\n' : ''}${output.value.data['text/plain'] ?? ''}`)
    paper.end(time)
  }
}

/** How it went, and what to type next. */
function close(summary: Summary, isRecorded: boolean): void {
  const { status, finish, error, executions, regenerations, model_calls, usage, timing } = summary
  if (error) process.stderr.write(`\n${error.message}${error.hint ? `\n${error.hint}` : ''}\n`)
  const told = [
    status === 'completed' ? status : `${status} (${finish.reason})`,
    counted(executions.length, 'program'),
    counted(regenerations.used, 'regeneration'),
    counted(model_calls.length, 'model call'),
    `${usage.total_input_tokens}+${usage.total_output_tokens} tokens${isRecorded ? ' (recorded)' : ''}`,
    seconds(timing.total_ms),
  ]
  const next = isRecorded ? 'export GEMINI_API_KEY=…   then   npm run demo -- "your question"' : 'npm run demo -- "your question"'
  process.stderr.write(dim(`\n${told.join(' · ')}\n${status === 'completed' ? `Next: ${next}\n` : ''}`))
}

/** The kinds of text that stream: where each goes, and what stands before its lines. */
const KINDS = {
  answer: { stream: process.stdout, mark: '', style: [] },
  said: { stream: process.stderr, mark: '', style: ['dim'] },
  code: { stream: process.stderr, mark: '  │ ', style: ['dim'] },
  output: { stream: process.stderr, mark: '  = ', style: [] },
} as const

interface Paper {
  /** Goes on with the text of this kind. Line ends are written when more follows. */
  write(kind: keyof typeof KINDS, text: string): void
  /** Ends the line, with something behind it. */
  end(suffix?: string): void
  /** A line of its own, on stderr. */
  line(text: string): void
}

/** Puts streamed texts and lines below each other. */
function createPaper(): Paper {
  let current: keyof typeof KINDS | undefined
  let isEmpty = true
  let newlines = 0

  const paper: Paper = {
    write(kind, text) {
      if (kind !== current) {
        const isParagraph = kind === 'answer' || kind === 'said'
        paper.end()
        if (isParagraph || isEmpty) process.stderr.write('\n')
        current = kind
        KINDS[kind].stream.write(styled(kind, KINDS[kind].mark))
      }
      isEmpty = false
      for (const [index, piece] of printable(text).split('\n').entries()) {
        if (index > 0) newlines++
        if (piece === '') continue
        const { mark, stream } = KINDS[kind]
        const ends = newlines > 0 ? `${`\n${mark.trimEnd()}`.repeat(newlines - 1)}\n${mark}` : ''
        stream.write(styled(kind, `${ends}${piece}`))
        newlines = 0
      }
    },
    end(suffix = '') {
      if (current) KINDS[current].stream.write(`${dim(suffix)}\n`)
      else if (suffix) process.stderr.write(dim(`  = nothing printed${suffix}\n`))
      current = undefined
      newlines = 0
    },
    line(text) {
      paper.end()
      isEmpty = false
      process.stderr.write(dim(`${printable(text)}\n`))
    },
  }
  return paper
}

function styled(kind: keyof typeof KINDS, text: string): string {
  const { style, stream } = KINDS[kind]
  return style.length > 0 ? styleText(style, text, { stream }) : text
}

function dim(text: string): string {
  return text && styleText('dim', text, { stream: process.stderr })
}

/** Without what a terminal would obey: models and programs write what they like. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
