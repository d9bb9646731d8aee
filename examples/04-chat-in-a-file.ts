// A chat that is kept in a file, and goes on in the next process:
//   node examples/04-chat-in-a-file.ts "Which day of the week was 1 January 2000?"
//   node examples/04-chat-in-a-file.ts "And a hundred days later?"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createLoop, type SavedChat } from '@interloop/core'
import { gemini } from '@interloop/core/gemini'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const [question = 'Which day of the week was 1 January 2000?', file = 'output/chat.json'] = process.argv.slice(2)
const saved: SavedChat | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined

const loop = createLoop({ model: gemini({ model: 'gemini-3.5-flash' }), executor: pyodideExecutor() })
await using chat = loop.chat(saved)
console.log(await chat.run(question).text)

mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, JSON.stringify(await chat.save()))
