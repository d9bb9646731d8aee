import type { ExecutorEvent } from '../executor.ts'

/** Remembers what a program told, so that it need not be told twice when the program runs again. */
export interface ToldOutput {
  emit(event: ExecutorEvent): void
  /** Leaves out what was told before, as long as it comes again as it was. */
  continued(): (event: ExecutorEvent) => void
}

/** What is remembered of a stream. Of a program that told more, all is told again. Characters. */
const REMEMBERED = 2 ** 20

/** Passes events on and remembers text and displays. */
export function rememberOutput(pass: (event: ExecutorEvent) => void): ToldOutput {
  const texts = { stdout: '', stderr: '' }
  const displays: string[] = []
  let isTooMuch = false

  return {
    emit(event) {
      pass(event)
      if (isTooMuch) return
      if (event.type === 'display') displays.push(JSON.stringify(event.display))
      if (event.type === 'stdout' || event.type === 'stderr') {
        texts[event.type] += event.text
        isTooMuch = texts[event.type].length > REMEMBERED
      }
    },
    continued() {
      if (isTooMuch) return pass
      const shown = [...displays]
      const streams = {
        stdout: withoutPrefix(texts.stdout, (text) => pass({ type: 'stdout', text })),
        stderr: withoutPrefix(texts.stderr, (text) => pass({ type: 'stderr', text })),
      }
      return (event) => {
        if (event.type === 'stdout' || event.type === 'stderr') streams[event.type](event.text)
        else if (event.type !== 'display') pass(event)
        else {
          const at = shown.indexOf(JSON.stringify(event.display))
          if (at === -1) pass(event)
          else shown.splice(at, 1)
        }
      }
    },
  }
}

/** Passes on what comes after a text; where it differs from that text, everything. */
function withoutPrefix(prefix: string, pass: (text: string) => void): (text: string) => void {
  let left = prefix
  let heldBack = ''
  return (text) => {
    if (left.startsWith(text)) {
      left = left.slice(text.length)
      heldBack += text
      if (left === '') heldBack = ''
      return
    }
    const rest = text.startsWith(left) ? text.slice(left.length) : heldBack + text
    left = ''
    heldBack = ''
    pass(rest)
  }
}
