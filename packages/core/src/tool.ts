import { OptionsError } from './errors.ts'
import { shown } from './shown.ts'

/** A function of the embedding program that the model may call. Made typed by `tool()`. */
export interface Tool {
  /** A Python identifier; `run_python` is taken. */
  readonly name: string
  /** Told to the model. */
  readonly description: string
  /** JSON Schema of one object, or a Standard Schema that can give it (`~standard.jsonSchema`, as zod 4 does). */
  readonly parameters?: unknown
  /** May be asynchronous. What it throws is told to the model. Absent: a call ends the run as `awaiting_function`. */
  readonly execute?: ((args: never, context: ToolContext) => unknown) | undefined
}

/** What a tool may know of the call. */
export interface ToolContext {
  /** Aborts with the run. */
  readonly signal: AbortSignal
  readonly runId: string
  readonly callId: string
  /** `RunOptions.context`: who is asking. */
  readonly context: unknown
}

/** The part of `StandardSchemaV1` that types a tool (`@standard-schema/spec`). */
export interface StandardSchema {
  readonly '~standard': { readonly version: 1; readonly types?: { readonly input: unknown; readonly output: unknown } | undefined }
}

/** What a schema's validation comes to. */
export type StandardOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']

/** Types the arguments of `execute` by the schema; returns what it was given. */
export function tool<S extends StandardSchema>(definition: {
  readonly name: string
  readonly description: string
  readonly parameters: S
  readonly execute?: ((args: StandardOutput<S>, context: ToolContext) => unknown) | undefined
}): Tool
/** With JSON Schema the arguments are what the model wrote. */
export function tool(
  definition: Omit<Tool, 'execute'> & {
    readonly execute?: ((args: Readonly<Record<string, unknown>>, context: ToolContext) => unknown) | undefined
  },
): Tool
export function tool(definition: object): Tool {
  return definition as Tool
}

/** The members of a Standard Schema that are used at run time. */
interface Validating {
  readonly validate?: (value: unknown) => Validated | Promise<Validated>
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => Readonly<Record<string, unknown>> }
}
type Validated = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] }
interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

function standardOf(parameters: unknown): Validating | undefined {
  if (parameters === null || (typeof parameters !== 'object' && typeof parameters !== 'function')) return undefined
  return (parameters as { readonly '~standard'?: Validating })['~standard']
}

/** The JSON Schema of a tool's parameters, for the declaration. Throws `OptionsError` where a schema cannot give it. */
export function jsonSchemaOf(tool: Tool): Readonly<Record<string, unknown>> | undefined {
  if (tool.parameters === undefined) return undefined
  const standard = standardOf(tool.parameters)
  if (!standard) {
    if (isPlainObject(tool.parameters)) return tool.parameters
    throw new OptionsError(
      'tools',
      `The parameters of the tool ${tool.name} must be the JSON Schema of an object, or a schema that can give it, got ${shown(tool.parameters)}`,
    )
  }
  const { jsonSchema } = standard
  if (!jsonSchema?.input)
    throw new OptionsError(
      'tools',
      `The parameters of the tool ${tool.name} are a schema that cannot give its JSON Schema (~standard.jsonSchema). Give the JSON Schema itself, or a newer version of the schema library.`,
    )
  try {
    const { $schema: _, ...schema } = jsonSchema.input({ target: 'draft-2020-12' })
    return schema
  } catch (error) {
    // A schema can hold what JSON Schema cannot say, a date: the library says so only now.
    const why = error instanceof Error ? error.message : String(error)
    throw new OptionsError('tools', `The parameters of the tool ${tool.name} cannot be said as JSON Schema: ${why}`)
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The arguments as `execute` expects them. Throws an `Error` for the model where the schema refuses them. */
export async function checkedArguments(tool: Tool, given: unknown): Promise<unknown> {
  const standard = standardOf(tool.parameters)
  if (!standard?.validate) return given
  const checked = await standard.validate(given)
  if (!checked.issues) return checked.value
  throw new Error(`The arguments do not fit: ${checked.issues.map(issueText).join('; ')}`)
}

function issueText({ message, path }: Issue): string {
  const at = path?.map((key) => String(typeof key === 'object' ? key.key : key)).join('.')
  return at ? `${at}: ${message}` : message
}
