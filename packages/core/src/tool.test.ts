import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { OptionsError } from './errors.ts'
import { checkedArguments, jsonSchemaOf, tool } from './tool.ts'

const weather = tool({
  name: 'get_weather',
  description: 'Weather of a city.',
  parameters: z.object({ city: z.string().min(2), days: z.coerce.number().int().default(1) }),
  execute: ({ city, days }) => `${city.toUpperCase()} ${days.toFixed(1)}`, // typed by the schema
})

describe('tool', () => {
  it('is what it was given', () => {
    const definition = { name: 'f', description: 'Does it.', parameters: { type: 'object' }, execute: () => 4 }
    expect(tool(definition)).toBe(definition)
  })
})

describe('the JSON Schema of a tool', () => {
  it('is made by a schema of zod', () => {
    expect(jsonSchemaOf(weather)).toEqual({
      type: 'object',
      properties: { city: { type: 'string', minLength: 2 }, days: expect.objectContaining({ default: 1 }) },
      required: ['city'],
    })
  })

  it('is itself where it was given as such', () => {
    const parameters = { type: 'object', properties: { a: { type: 'number' } } }
    expect(jsonSchemaOf(tool({ name: 'f', description: 'Does it.', parameters }))).toBe(parameters)
  })

  it('is none for a tool without parameters', () => {
    expect(jsonSchemaOf(tool({ name: 'f', description: 'Does it.' }))).toBeUndefined()
  })

  it.each<[string, unknown, string]>([
    [
      'a schema that cannot give it',
      { '~standard': { version: 1, vendor: 'old', validate: () => ({ value: 1 }) } },
      'The parameters of the tool f are a schema that cannot give its JSON Schema (~standard.jsonSchema). Give the JSON Schema itself, or a newer version of the schema library.',
    ],
    ['a schema of what JSON does not have', z.object({ when: z.date() }), 'The parameters of the tool f cannot be said as JSON Schema: '],
    [
      'a text',
      'city: string',
      'The parameters of the tool f must be the JSON Schema of an object, or a schema that can give it, got "city: string"',
    ],
    ['null', null, 'The parameters of the tool f must be the JSON Schema of an object, or a schema that can give it, got null'],
    ['a list', [], 'The parameters of the tool f must be the JSON Schema of an object, or a schema that can give it, got []'],
    [
      'a function',
      () => 4,
      'The parameters of the tool f must be the JSON Schema of an object, or a schema that can give it, got a function',
    ],
  ])('cannot be had of %s', (_, parameters, message) => {
    const thrown = errorOf(() => jsonSchemaOf({ name: 'f', description: 'Does it.', parameters }))
    expect(thrown).toBeInstanceOf(OptionsError)
    expect(thrown).toMatchObject({ option: 'tools', message: expect.stringContaining(message) })
  })
})

describe('arguments', () => {
  it('are what the schema makes of them', async () => {
    expect(await checkedArguments(weather, { city: 'Berlin', days: '3' })).toEqual({ city: 'Berlin', days: 3 })
    expect(await checkedArguments(weather, { city: 'Berlin' })).toEqual({ city: 'Berlin', days: 1 })
  })

  it('are as the model wrote them where there is only JSON Schema', async () => {
    const given = { a: 'no number' }
    const plain = tool({ name: 'f', description: 'Does it.', parameters: { type: 'object', properties: { a: { type: 'number' } } } })
    expect(await checkedArguments(plain, given)).toBe(given)
  })

  it.each<[unknown, RegExp]>([
    [{ city: 'B', days: 'x' }, /^The arguments do not fit: city: .+; days: .+$/],
    [{}, /^The arguments do not fit: city: .+$/],
    ['Berlin', /^The arguments do not fit: [^:]+: .+$/],
  ])('are refused with the place of each fault: %j', async (given, message) => {
    await expect(checkedArguments(weather, given)).rejects.toThrow(message)
  })

  it('are refused with a path through lists and with keys that are objects', async () => {
    const parameters = {
      '~standard': {
        version: 1,
        validate: async () => ({ issues: [{ message: 'wrong', path: ['a', 0, { key: 'b' }] }, { message: 'all wrong' }] }),
        jsonSchema: { input: () => ({ type: 'object' }) },
      },
    }
    await expect(checkedArguments({ name: 'f', description: 'Does it.', parameters }, {})).rejects.toThrow(
      'The arguments do not fit: a.0.b: wrong; all wrong',
    )
  })
})

function errorOf(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
