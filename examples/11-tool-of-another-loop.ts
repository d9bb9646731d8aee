// An executor without our loop: a tool of whatever loop you have, here one by hand on the bare SDK.
import { type Content, GoogleGenAI, type Part } from '@google/genai'
import { resultText, runCode } from '@interloop/core/executor'
import { pyodideExecutor } from '@interloop/executor-pyodide'

const gemini = new GoogleGenAI({})
await using session = await pyodideExecutor().createSession()

const runPython = {
  name: 'run_python',
  description: 'Runs a Python program and returns its output.',
  parametersJsonSchema: { type: 'object', properties: { code: { type: 'string' } }, required: ['code'] },
}
const contents: Content[] = [{ role: 'user', parts: [{ text: 'How many days are there from 29 February 2024 to 1 March 2100?' }] }]
for (;;) {
  const config = { tools: [{ functionDeclarations: [runPython] }] }
  const response = await gemini.models.generateContent({ model: 'gemini-3.5-flash', contents, config })
  const calls = response.functionCalls ?? []
  if (calls.length === 0) {
    console.log(response.text)
    break
  }
  const answers: Part[] = []
  for (const { id, name = '', args } of calls) {
    const result = await runCode(session, String(args?.['code']))
    answers.push({ functionResponse: { ...(id && { id }), name, response: { output: resultText(result) } } })
  }
  contents.push(response.candidates?.[0]?.content ?? {}, { role: 'user', parts: answers })
}
