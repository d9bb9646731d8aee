import { checkedArguments, type Tool, type ToolContext } from './tool.ts'

/** Calls one of the caller's functions with arguments that fit its schema. Resolves with plain JSON; rejects with what the model, or Python, is told. */
export async function runTool(tool: Tool | undefined, name: string, given: unknown, context: ToolContext): Promise<unknown> {
  if (!tool?.execute) throw new Error(`There is no function ${name}.`)
  const args = await checkedArguments(tool, given)
  // `never` lets tools with any typed arguments into one list; `tool()` saw to it that they fit the schema.
  return plain(await tool.execute(args as never, context))
}

/** A result as it is told: plain JSON. Throws for what has no JSON. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value)
  return text === undefined ? null : JSON.parse(text)
}
