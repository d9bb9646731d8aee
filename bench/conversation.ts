import type { ModelChunk } from '@interloop/core'
import type { ScriptedExecution } from '@interloop/core/testing'

/** One scripted conversation: programs that the model writes one after the other, what becomes of each, and an answer in the end. */
export interface Conversation {
  readonly prompt: string
  readonly programs: readonly Program[]
  /** The answer, as it is cut where it is streamed. */
  readonly answer: readonly string[]
}

/** A program of the model, and what the executor makes of it. */
export interface Program {
  readonly code: string
  readonly ran: Exclude<ScriptedExecution, (...args: never) => unknown>
}

const CODE = `def is_prime(number):
    if number < 2:
        return False
    for divisor in range(2, int(number ** 0.5) + 1):
        if number % divisor == 0:
            return False
    return True

primes = []
candidate = 2
while len(primes) < 50:
    if is_prime(candidate):
        primes.append(candidate)
    candidate += 1

print(f"part {part}: {sum(primes[part:])}")
`

/** The conversations by name. The name is what the model is called: the server knows by it what to answer. */
export const conversations = {
  'one-round': talk(rounds(1, works)),
  'failing-rounds': talk([...rounds(5, fails), program(5, works(5))]),
  'ten-rounds': talk(rounds(10, works)),
  'fifty-rounds': talk(rounds(50, works)),
  'two-hundred-rounds': talk(rounds(200, works)),
  'much-output': talk(rounds(5, writesMuch)),
  'long-answer': talk([], 2_000),
} satisfies Record<string, Conversation>

/** Which conversation. */
export type ConversationName = keyof typeof conversations

/** What the model answers to the request that holds so many results, as the chunks of a stream. */
export function answerTo({ programs, answer }: Conversation, results: number): readonly ModelChunk[] {
  const next = programs[results]
  if (next) {
    const functionCall = { id: `call-${results}`, name: 'run_python', args: { code: next.code } }
    return [chunk([{ functionCall, thoughtSignature: SIGNATURE }], 'STOP')]
  }
  return answer.map((text, index) => chunk([{ text }], index === answer.length - 1 ? 'STOP' : undefined))
}

function talk(programs: readonly Program[], answerChunks = 1): Conversation {
  const answer = Array.from({ length: answerChunks }, (_, index) => `The sum of part ${index} is ${index * 7}. `)
  return { prompt: 'What is the sum of the first 50 prime numbers, and of each part of them?', programs, answer }
}

function rounds(count: number, ran: (index: number) => Program['ran']): readonly Program[] {
  return Array.from({ length: count }, (_, index) => program(index, ran(index)))
}

/** No two programs are the same: a loop that is stuck ends. */
function program(index: number, ran: Program['ran']): Program {
  return { code: `part = ${index}\n${CODE}`, ran }
}

function works(index: number): Program['ran'] {
  return { stdout: `part ${index}: ${5117 - index}\n` }
}

function fails(index: number): Program['ran'] {
  const value = `name 'prime_${index}' is not defined`
  return {
    stdout: `part ${index}\n`,
    error: {
      name: 'NameError',
      value,
      traceback: `Traceback (most recent call last):\n  File "<program>", line 17, in <module>\n    print(f"part {part}: {sum(primes[part:])}")\nNameError: ${value}`,
      line: 17,
    },
  }
}

/** 200 kB of numbered lines. */
function writesMuch(index: number): Program['ran'] {
  let stdout = ''
  for (let line = 0; stdout.length < 200_000; line += 1) stdout += `part ${index}, line ${line}: ${line * 7919}\n`
  return { stdout: stdout.slice(0, 200_000) }
}

/** Real ones of a call have some hundred characters. */
const SIGNATURE = 'EpwCCpkCAdHtim9'.repeat(20)

function chunk(parts: readonly object[], finishReason: string | undefined): ModelChunk {
  return {
    candidates: [{ content: { parts, role: 'model' }, ...(finishReason !== undefined && { finishReason }), index: 0 } as object],
    usageMetadata: {
      promptTokenCount: 412,
      candidatesTokenCount: 187,
      totalTokenCount: 599,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 412 }],
    },
    modelVersion: 'gemini-3.5-flash',
    responseId: 'mNQ4aIvLFsXd7M8P5LfZ2AU',
  }
}
