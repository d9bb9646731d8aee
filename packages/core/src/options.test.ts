import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createLoop } from './create-loop.ts'
import { OptionsError } from './errors.ts'
import type { Job } from './job.ts'
import type { Model, ModelTraits } from './model.ts'
import { overridden, settingsOf, usesExecutor } from './options.ts'
import type { LoopOptions, Settings } from './settings.ts'
import { scriptedExecutor } from './testing/scripted-executor.ts'
import { answer, scriptedModel } from './testing/scripted-model.ts'
import { tool } from './tool.ts'

const TOOL = tool({ name: 'get_weather', description: 'Weather.' })
const circle: { self?: unknown } = {}
circle.self = circle

describe('what is said', () => {
  it('has defaults', () => {
    expect(settingsOf([], modelWith())).toEqual({
      interception: 'auto',
      instructions: undefined,
      maxRegenerations: 5,
      limits: {},
      budgets: { modelCalls: 32, executions: 32 },
      tools: new Map(),
      modelTools: [],
      approve: undefined,
      approvalWaitMs: 60_000,
      prepareStep: undefined,
      config: undefined,
      formatted: undefined,
      echoValue: true,
      echoChars: 20_000,
    })
  })

  it('is replaced by who says it closer to the run; limits, budgets and config member by member', () => {
    const loop: Settings = {
      instructions: 'Be short.',
      maxRegenerations: 2,
      limits: { wallMs: 1_000, memoryBytes: 100 },
      budgets: { tokens: 500, modelCalls: 3 },
      config: { temperature: 0, topK: 3 },
      tools: [TOOL],
    }
    const chat: Settings = { instructions: undefined, limits: { wallMs: 2_000 }, budgets: { modelCalls: undefined, executions: 4 } }
    const run: Settings = { limits: { cpuMs: 5 }, config: { temperature: 1, topK: undefined }, tools: [] }
    expect(settingsOf([loop, chat, run], modelWith())).toMatchObject({
      instructions: 'Be short.',
      maxRegenerations: 2,
      limits: { wallMs: 2_000, memoryBytes: 100, cpuMs: 5 },
      budgets: { tokens: 500, modelCalls: 3, executions: 4 },
      config: { temperature: 1, topK: 3 },
      tools: new Map(),
    })
  })

  it('is kept apart where it asks for a format', () => {
    const schema = { type: 'object' }
    expect(
      settingsOf([{ config: { temperature: 0, responseJsonSchema: schema, responseMimeType: 'application/json' } }], modelWith()),
    ).toMatchObject({
      config: { temperature: 0 },
      formatted: { temperature: 0, responseJsonSchema: schema, responseMimeType: 'application/json' },
    })
    expect(settingsOf([{ config: { responseMimeType: 'application/json' } }], modelWith())).toMatchObject({ config: undefined })
    expect(settingsOf([{ config: { responseMimeType: 'text/plain' } }], modelWith())).toMatchObject({
      config: undefined,
      formatted: undefined,
    })
  })

  it('needs the executor where programs are run by it', () => {
    const uses = (interception: Settings['interception']): boolean =>
      usesExecutor(settingsOf([{ interception }], modelWith({ nativeCodeExecution: true })))
    expect([uses('auto'), uses('function'), uses('fenced'), uses('native'), uses('off')]).toEqual([true, true, true, false, false])
  })
})

describe('an option that cannot be right', () => {
  it.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ interception: 'python' }, 'interception', 'interception must be one of auto, function, native, fenced, off, got "python"'],
    [{ interception: circle }, 'interception', 'interception must be one of auto, function, native, fenced, off, got [object Object]'],
    [{ instructions: 5 }, 'instructions', 'instructions must be a text, got 5'],
    [{ maxRegenerations: 6 }, 'maxRegenerations', 'maxRegenerations must be a whole number from 0 to 5, got 6'],
    [{ maxRegenerations: -1 }, 'maxRegenerations', 'maxRegenerations must be a whole number from 0 to 5, got -1'],
    [{ maxRegenerations: 1.5 }, 'maxRegenerations', 'maxRegenerations must be a whole number from 0 to 5, got 1.5'],
    [{ maxRegenerations: '3' }, 'maxRegenerations', 'maxRegenerations must be a whole number from 0 to 5, got "3"'],
    [{ maxRegenerations: Number.NaN }, 'maxRegenerations', 'maxRegenerations must be a whole number from 0 to 5, got NaN'],
    [{ approvalWaitMs: -1 }, 'approvalWaitMs', 'approvalWaitMs must be a whole number from 0 to 2147483647, got -1'],
    [{ approvalWaitMs: 2 ** 31 }, 'approvalWaitMs', 'approvalWaitMs must be a whole number from 0 to 2147483647, got 2147483648'],
    [
      { approvalWaitMs: Number.POSITIVE_INFINITY },
      'approvalWaitMs',
      'approvalWaitMs must be a whole number from 0 to 2147483647, got Infinity',
    ],
    [{ echoChars: 0 }, 'echoChars', 'echoChars must be a whole number of at least 1, got 0'],
    [{ echoChars: 4n }, 'echoChars', 'echoChars must be a whole number of at least 1, got 4n'],
    [{ echoValue: 'no' }, 'echoValue', 'echoValue must be true or false, got "no"'],
    [{ approve: true }, 'approve', 'approve must be a function, got true'],
    [{ prepareStep: {} }, 'prepareStep', 'prepareStep must be a function, got {}'],
    [{ onListenerError: 'log' }, 'onListenerError', 'onListenerError must be a function, got "log"'],
    [{ budgets: 5 }, 'budgets', 'budgets must be an object, got 5'],
    [{ budgets: { token: 5 } }, 'token', 'token is no option of budgets; there are modelCalls, executions, toolCalls, tokens, wallMs'],
    [{ budgets: { tokens: 0 } }, 'budgets.tokens', 'budgets.tokens must be a number above 0, got 0'],
    [{ budgets: { wallMs: '5' } }, 'budgets.wallMs', 'budgets.wallMs must be a number above 0, got "5"'],
    [{ budgets: { modelCalls: Number.NaN } }, 'budgets.modelCalls', 'budgets.modelCalls must be a number above 0, got NaN'],
    [{ limits: 'few' }, 'limits', 'limits must be an object, got "few"'],
    [{ limits: [] }, 'limits', 'limits must be an object, got []'],
    [
      { limits: { timeoutMs: 5 } },
      'timeoutMs',
      'timeoutMs is no option of limits; there are wallMs, cpuMs, memoryBytes, outputBytes, outputHardBytes, displayBytes, fileBytes, files, sourceBytes',
    ],
    [{ limits: { wallMs: -1 } }, 'limits.wallMs', 'limits.wallMs must be a number above 0, got -1'],
    [{ files: 'a.csv' }, 'files', 'files must be a list, got "a.csv"'],
    [{ files: ['a.csv'] }, 'files', 'A file must have a path and a content that is a text or a Uint8Array, got "a.csv"'],
    [{ files: [{ path: 'a.csv' }] }, 'files', 'A file must have a path and a content that is a text or a Uint8Array, got {"path":"a.csv"}'],
    [{ files: [{ path: '../a.csv', content: '' }] }, 'files', 'the path of a file must not contain .., got "../a.csv"'],
    [
      { files: [{ path: 'a.csv', content: '', aliases: ['/b'] }] },
      'files',
      'the path of a file must be relative to the working folder, got "/b"',
    ],
    [{ tools: TOOL }, 'tools', 'tools must be a list, got {"name":"get_weather","description":"Weather."}'],
    [{ tools: [5] }, 'tools', 'The name of a tool must be a Python identifier, got 5'],
    [{ tools: [{ ...TOOL, name: 'get-weather' }] }, 'tools', 'The name of a tool must be a Python identifier, got "get-weather"'],
    [{ tools: [{ ...TOOL, name: 'run_python' }] }, 'tools', 'The name run_python is taken; name the tool otherwise'],
    [{ tools: [TOOL, TOOL] }, 'tools', 'Two tools have the name get_weather'],
    [{ tools: [{ name: 'f' }] }, 'tools', 'The tool f must have a description, for the model'],
    [{ tools: [{ ...TOOL, execute: 5 }] }, 'tools', 'The execute of the tool get_weather must be a function, got 5'],
    [{ tools: [{ ...TOOL, parameters: 5 }] }, 'tools', 'The parameters of the tool get_weather must be'],
    [{ tools: [{ ...TOOL, parameters: z.date() }] }, 'tools', 'The parameters of the tool get_weather cannot be said as JSON Schema'],
    [{ modelTools: { googleSearch: {} } }, 'modelTools', 'modelTools must be a list, got {"googleSearch":{}}'],
    [{ modelTools: ['googleSearch'] }, 'modelTools', 'modelTools are Google\'s own, such as { googleSearch: {} }, got "googleSearch"'],
    [
      { modelTools: [{ functionDeclarations: [] }] },
      'modelTools',
      'modelTools are Google\'s own, such as { googleSearch: {} }, got {"functionDeclarations":[]}',
    ],
    [{ config: 'hot' }, 'config', 'config must be an object, got "hot"'],
    [{ config: { tools: [] } }, 'config.tools', "config.tools is not used; say it by tools (your functions) or modelTools (Google's)"],
    [{ config: { systemInstruction: 'a' } }, 'config.systemInstruction', 'config.systemInstruction is not used; say it by instructions'],
    [{ config: { abortSignal: {} } }, 'config.abortSignal', 'config.abortSignal is not used; say it by the signal of run()'],
    [{ config: { httpOptions: {} } }, 'config.httpOptions', 'config.httpOptions is not used; say it by the options of gemini()'],
    [{ config: { candidateCount: 2 } }, 'config.candidateCount', 'config.candidateCount must be 1, got 2'],
    [
      { model: 'gemini-3.5-flash' },
      'model',
      'model must be a Model, such as gemini({ model: \'gemini-3.5-flash\' }), got "gemini-3.5-flash"',
    ],
    [{ model: circle }, 'model', "model must be a Model, such as gemini({ model: 'gemini-3.5-flash' }), got [object Object]"],
    [{ model: undefined }, 'model', "model must be a Model, such as gemini({ model: 'gemini-3.5-flash' }), got undefined"],
    [{ executor: {} }, 'executor', 'executor must be an Executor, such as pyodideExecutor(), got {}'],
    [{ executor: () => 4 }, 'executor', 'executor must be an Executor, such as pyodideExecutor(), got a function'],
    [
      { executor: { ...scriptedExecutor([]), specVersion: 2 } },
      'executor',
      'executor must have specVersion 1, got 2; take versions of core and of the executor that belong together',
    ],
    [{ maxRegeneration: 3 }, 'maxRegeneration', 'maxRegeneration is no option of createLoop; there are executor, instructions,'],
    [{ signal: new AbortController().signal }, 'signal', 'signal is no option of createLoop; there are executor,'],
  ])('is refused at once: %o', (options, option, message) => {
    const thrown = errorOf(() => createLoop({ model: modelWith(), executor: scriptedExecutor([]), ...options } as LoopOptions))
    expect(thrown).toBeInstanceOf(OptionsError)
    expect(thrown).toMatchObject({ option, code: 'invalid_option', message: expect.stringContaining(message) })
  })

  it.each([undefined, null, 5, 'model'])('is refused where it is all of them: %j', (options) => {
    const thrown = errorOf(() => createLoop(options as unknown as LoopOptions))
    expect(thrown).toMatchObject({ code: 'invalid_option', message: `createLoop must be an object, got ${JSON.stringify(options)}` })
  })

  it.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ maxRegenerations: 9 }, 'maxRegenerations', 'from 0 to 5, got 9'],
    [{ model: modelWith() }, 'model', 'model is no option of run'],
    [{ files: [{ path: '', content: '' }] }, 'files', 'must not be empty'],
    [{ executor: 5 }, 'executor', 'executor must be an Executor'],
    [{ signal: 'now' }, 'signal', 'signal must be an AbortSignal, got "now"'],
    [{ session: 's-1' }, 'session', 'session must be a Session of this executor, got "s-1"'],
  ])('is refused by a run too: %o', (options, option, message) => {
    const loop = createLoop({ model: modelWith(), executor: scriptedExecutor([]) })
    const thrown = errorOf(() => loop.run('Hi', options))
    expect(thrown).toMatchObject({ code: 'invalid_option', option, message: expect.stringContaining(message) })
  })

  it.each<[Readonly<Record<string, unknown>>, string, string]>([
    [{ history: 'Hi' }, 'history', 'history must be a list of contents, got "Hi"'],
    [{ session: 5 }, 'session', 'session must be a Session of this executor, or a SessionRef, got 5'],
    [{ signal: new AbortController().signal }, 'signal', 'signal is no option of chat'],
  ])('is refused by a chat too: %o', (options, option, message) => {
    const loop = createLoop({ model: modelWith(), executor: scriptedExecutor([]) })
    const thrown = errorOf(() => loop.chat(options))
    expect(thrown).toMatchObject({ code: 'invalid_option', option, message: expect.stringContaining(message) })
  })
})

describe('what a model refuses to have declared together', () => {
  const search = [{ googleSearch: {} }]
  const old = {}
  const native = { nativeCodeExecution: true }
  const new3 = { nativeCodeExecution: true, nativeWithFunctions: true }

  it.each<[ModelTraits, Settings, string | undefined]>([
    [old, { modelTools: search }, 'modelTools'],
    [old, { modelTools: search, interception: 'function' }, 'modelTools'],
    [old, { modelTools: search, interception: 'fenced' }, undefined],
    [old, { modelTools: search, interception: 'fenced', tools: [TOOL] }, 'modelTools'],
    [old, { modelTools: search, interception: 'off' }, undefined],
    [old, { interception: 'native' }, 'interception'],
    [old, { tools: [TOOL] }, undefined],
    [native, { interception: 'native' }, undefined],
    [native, { interception: 'native', modelTools: search }, undefined],
    [native, { interception: 'native', tools: [TOOL] }, 'interception'],
    [new3, { interception: 'native', tools: [TOOL], modelTools: search }, undefined],
    [new3, { modelTools: search, tools: [TOOL] }, undefined],
  ])('with %j: %j', (traits, settings, refused) => {
    if (refused === undefined) settingsOf([settings], modelWith(traits))
    else expect(errorOf(() => settingsOf([settings], modelWith(traits)))).toMatchObject({ code: 'invalid_option', option: refused })
  })
})

describe('what prepareStep says', () => {
  const job = (settings: Settings): Job => ({ model: modelWith(), settings: settingsOf([settings], modelWith()) }) as Partial<Job> as Job

  it('holds for one step, over what the run says', () => {
    const before = job({ instructions: 'a', limits: { wallMs: 5 }, config: { temperature: 0, responseMimeType: 'application/json' } })
    const other = modelWith()
    const step = overridden(before, { model: other, instructions: 'b', limits: { cpuMs: 6 }, config: { temperature: 1 }, tools: [TOOL] })
    expect(step.model).toBe(other)
    expect(step.settings).toEqual({
      ...before.settings,
      instructions: 'b',
      limits: { wallMs: 5, cpuMs: 6 },
      config: { temperature: 1 },
      formatted: { temperature: 1, responseMimeType: 'application/json' },
      tools: new Map([['get_weather', TOOL]]),
    })
    expect(before.settings.instructions).toBe('a')
  })

  it('may say nothing', () => {
    const before = job({})
    expect(overridden(before, {})).toEqual(before)
  })

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ model: 'gemini' }, 'model'],
    [{ limits: { wallMs: 0 } }, 'limits.wallMs'],
    [{ limits: { wall: 1 } }, 'wall'],
    [{ tools: [TOOL, TOOL] }, 'tools'],
    [{ config: { tools: [] } }, 'config.tools'],
    [{ instructions: 5 }, 'instructions'],
    [{ instruction: 'a' }, 'instruction'],
  ])('is held to the same rules: %o', (override, option) => {
    expect(errorOf(() => overridden(job({}), override))).toMatchObject({ code: 'invalid_option', option })
  })
})

function modelWith(traits: ModelTraits = {}): Model {
  return scriptedModel([answer.text('Hi.')], { traits })
}

function errorOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
