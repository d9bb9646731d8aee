import { type Budgets, DEFAULT_BUDGETS } from './budget.ts'
import { checkNames, checkNumbers, flag, hook, isObject, list, object, oneOf, text, wholeNumber } from './checks.ts'
import { OptionsError } from './errors.ts'
import { checkFiles } from './executor/file-path.ts'
import type { Executor, FileInput, Limits, Session, SessionRef } from './executor.ts'
import { RUN_PYTHON } from './intercept/function.ts'
import type { Job, JobSettings } from './job.ts'
import type { Content, Model } from './model.ts'
import type { StepOverride } from './prepare-step.ts'
import type { Settings } from './settings.ts'
import { shown } from './shown.ts'
import { jsonSchemaOf, type Tool } from './tool.ts'

// What a caller said, checked and with its defaults. Every rule that is broken is an OptionsError which names option, rule and value.

/** Layers from the widest to the narrowest: the loop's, the chat's, the run's. */
export function settingsOf(layers: readonly Settings[], model: Model): JobSettings {
  const said: Settings = Object.assign({}, ...layers.map(withoutUndefined))
  const merged = <K extends 'limits' | 'budgets' | 'config'>(key: K): NonNullable<Settings[K]> =>
    Object.assign({}, ...layers.map((layer) => withoutUndefined(layer[key] === undefined ? {} : object<object>(key, layer[key]))))
  const budgets: Budgets = { ...DEFAULT_BUDGETS, ...merged('budgets') }
  const limits: Limits = merged('limits')
  checkNumbers('budgets', budgets, BUDGETS)
  checkNumbers('limits', limits, LIMITS)
  const settings: JobSettings = {
    interception: oneOf('interception', said.interception ?? 'auto', ['auto', 'function', 'native', 'fenced', 'off']),
    instructions: text('instructions', said.instructions),
    maxRegenerations: wholeNumber('maxRegenerations', said.maxRegenerations ?? 5, 0, 5),
    limits,
    budgets,
    tools: toolsByName(said.tools ?? []),
    modelTools: list('modelTools', said.modelTools ?? []),
    approve: hook('approve', said.approve),
    approvalWaitMs: wholeNumber('approvalWaitMs', said.approvalWaitMs ?? 60_000, 0, 2 ** 31 - 1),
    prepareStep: hook('prepareStep', said.prepareStep),
    ...configsOf(merged('config')),
    echoValue: flag('echoValue', said.echoValue ?? true),
    echoChars: wholeNumber('echoChars', said.echoChars ?? 20_000, 1, Number.MAX_SAFE_INTEGER),
  }
  for (const file of list('files', said.files ?? [])) checkFile(file)
  checkPairs(settings, model)
  return settings
}

const BUDGETS = ['modelCalls', 'executions', 'toolCalls', 'tokens', 'wallMs']
const LIMITS = [
  'wallMs',
  'cpuMs',
  'memoryBytes',
  'outputBytes',
  'outputHardBytes',
  'displayBytes',
  'fileBytes',
  'files',
  'sourceBytes',
  'toolCalls',
]

function checkFile(file: FileInput): void {
  if (!isObject(file) || typeof file.path !== 'string' || !(typeof file.content === 'string' || file.content instanceof Uint8Array))
    throw new OptionsError('files', `A file must have a path and a content that is a text or a Uint8Array, got ${shown(file)}`)
  checkFiles([file])
}

/** The job as `prepareStep` wants it for one step. */
export function overridden(job: Job, override: StepOverride): Job {
  checkNames('prepareStep', override, ['model', 'instructions', 'tools', 'limits', 'config'])
  const { settings } = job
  const model = override.model === undefined ? job.model : checkModel(override.model)
  const limits = { ...settings.limits, ...withoutUndefined(object('limits', override.limits ?? {})) }
  checkNumbers('limits', limits, LIMITS)
  const changed: JobSettings = {
    ...settings,
    limits,
    ...(override.instructions !== undefined && { instructions: text('instructions', override.instructions) }),
    ...(override.tools && { tools: toolsByName(override.tools) }),
    ...(override.config &&
      configsOf({ ...(settings.formatted ?? settings.config), ...withoutUndefined(object('config', override.config)) })),
  }
  checkPairs(changed, model)
  return { ...job, model, settings: changed }
}

/** Whether programs of this run are run by the executor: not where there are none, or Google runs them. */
export function usesExecutor({ interception }: JobSettings): boolean {
  return interception !== 'off' && interception !== 'native'
}

/** A model, as far as it can be seen. */
export function checkModel(model: unknown): Model {
  if (isObject(model) && typeof model['generate'] === 'function' && typeof model['name'] === 'string') return model as unknown as Model
  throw new OptionsError('model', `model must be a Model, such as gemini({ model: 'gemini-3.5-flash' }), got ${shown(model)}`)
}

/** An executor, as far as it can be seen. */
export function checkExecutor(executor: unknown): Executor {
  if (!isObject(executor) || typeof executor['createSession'] !== 'function' || !isObject(executor['capabilities']))
    throw new OptionsError('executor', `executor must be an Executor, such as pyodideExecutor(), got ${shown(executor)}`)
  if (executor['specVersion'] !== 1)
    throw new OptionsError(
      'executor',
      `executor must have specVersion 1, got ${shown(executor['specVersion'])}; take versions of core and of the executor that belong together`,
    )
  return executor as unknown as Executor
}

/** A signal, as far as it can be seen. */
export function checkSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || (isObject(signal) && typeof signal.addEventListener === 'function')) return signal
  throw new OptionsError('signal', `signal must be an AbortSignal, got ${shown(signal)}`)
}

/** A session that was handed in, as far as it can be seen; a reference where one may be given. */
export function checkSession<T extends Session | SessionRef>(session: T | undefined, mayBeRef: boolean): T | undefined {
  const isRef = isObject(session) && typeof session['executor'] === 'string'
  if (session === undefined || (isObject(session) && typeof session['execute'] === 'function') || (isRef && mayBeRef)) return session
  throw new OptionsError(
    'session',
    `session must be a Session of this executor${mayBeRef ? ', or a SessionRef' : ''}, got ${shown(session)}`,
  )
}

/** A conversation, as far as it can be seen. */
export function checkHistory(history: readonly Content[]): readonly Content[] {
  if (Array.isArray(history) && history.every(isObject)) return history
  throw new OptionsError('history', `history must be a list of contents, got ${shown(history)}`)
}

function toolsByName(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
  const byName = new Map<string, Tool>()
  for (const tool of list('tools', tools)) {
    if (!isObject(tool) || typeof tool.name !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(tool.name))
      throw new OptionsError('tools', `The name of a tool must be a Python identifier, got ${shown(isObject(tool) ? tool.name : tool)}`)
    if (tool.name === RUN_PYTHON) throw new OptionsError('tools', `The name ${RUN_PYTHON} is taken; name the tool otherwise`)
    if (byName.has(tool.name)) throw new OptionsError('tools', `Two tools have the name ${tool.name}`)
    if (typeof tool.description !== 'string' || tool.description === '')
      throw new OptionsError('tools', `The tool ${tool.name} must have a description, for the model`)
    hook('tools', tool.execute, `The execute of the tool ${tool.name}`)
    jsonSchemaOf(tool)
    byName.set(tool.name, tool)
  }
  return byName
}

const FORMAT = ['responseSchema', 'responseJsonSchema', 'responseMimeType']

/** Members of the SDK's config that are said elsewhere, and so would be lost here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  tools: "tools (your functions) or modelTools (Google's)",
  systemInstruction: 'instructions',
  abortSignal: 'the signal of run()',
  httpOptions: 'the options of gemini()',
}

/** What asks for a format is kept apart: it goes with one call alone (design.md 4). */
function configsOf(config: Readonly<object>): Pick<JobSettings, 'config' | 'formatted'> {
  const entries = Object.entries(config)
  for (const [name, value] of entries) {
    const place = ELSEWHERE[name]
    if (place !== undefined && value !== undefined)
      throw new OptionsError(`config.${name}`, `config.${name} is not used; say it by ${place}`)
    if (name === 'candidateCount' && value !== 1)
      throw new OptionsError('config.candidateCount', `config.candidateCount must be 1, got ${shown(value)}`)
  }
  const rest = entries.filter(([name]) => !FORMAT.includes(name))
  const formats = entries.filter(([name, value]) => FORMAT.includes(name) && value !== 'text/plain')
  return {
    config: rest.length > 0 ? Object.fromEntries(rest) : undefined,
    formatted: formats.length > 0 ? config : undefined,
  }
}

/** What a model refuses to have declared together (gemini-wire.md 3.8). */
function checkPairs({ interception, tools, modelTools }: JobSettings, { name, traits }: Model): void {
  for (const tool of modelTools)
    if (!isObject(tool) || 'functionDeclarations' in tool)
      throw new OptionsError('modelTools', `modelTools are Google's own, such as { googleSearch: {} }, got ${shown(tool)}`)
  if (interception === 'native' && !traits?.nativeCodeExecution)
    throw new OptionsError('interception', `The model ${name} has no code execution of its own; use interception 'function' or 'auto'`)
  if (traits?.nativeWithFunctions) return
  const functions = [...(interception === 'auto' || interception === 'function' ? [RUN_PYTHON] : []), ...tools.keys()]
  const native = [...(interception === 'native' ? ['codeExecution'] : []), ...modelTools.flatMap((tool) => Object.keys(tool))]
  if (functions.length > 0 && native.length > 0)
    throw new OptionsError(
      interception === 'native' ? 'interception' : 'modelTools',
      `The model ${name} refuses Google's own tools (${native.join(', ')}) beside functions (${functions.join(', ')}); use a model from Gemini 3 on, or interception 'fenced' without tools`,
    )
}

function withoutUndefined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
