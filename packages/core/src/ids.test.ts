import { describe, expect, it } from 'vitest'
import { answerOpen, joinAnswers, newIds, openCalls } from './ids.ts'
import type { Content, Part } from './model.ts'
import type { Progress } from './progress.ts'
import type { Step } from './steps.ts'

describe('newIds', () => {
  it("takes the model's own id where the run has not seen it", () => {
    const newId = newIds(progressWith([], 3))
    expect([newId('call', 'fc-1'), newId('code', 'fc-2')]).toEqual(['fc-1', 'fc-2'])
  })

  it('makes one where the model gave none, from its place in the conversation', () => {
    const newId = newIds(progressWith([], 3))
    expect([newId('call'), newId('code'), newId('call', ''), newId('code')]).toEqual(['call_3_0', 'code_3_0', 'call_3_1', 'code_3_1'])
  })

  it('counts calls that have an id of their own too', () => {
    const newId = newIds(progressWith([], 3))
    expect([newId('call', 'fc-1'), newId('call')]).toEqual(['fc-1', 'call_3_1'])
  })

  it('makes another where the run, or this answer, has seen the id', () => {
    const newId = newIds(progressWith([codeCall('fc-1'), functionCall('fc-2')], 5))
    expect([newId('call', 'fc-1'), newId('call', 'fc-2'), newId('call', 'fc-3'), newId('call', 'fc-3')]).toEqual([
      'call_5_0',
      'call_5_1',
      'fc-3',
      'call_5_3',
    ])
  })

  it('makes one that is free, also where the model has taken our form', () => {
    const newId = newIds(progressWith([codeCall('call_5_0'), codeCall('call_5_0_2')], 5))
    expect(newId('call')).toBe('call_5_0_3')
  })

  it('comes to the same ids from the same conversation', () => {
    const made = (): readonly string[] => {
      const newId = newIds(progressWith([codeCall('a')], 7))
      return [newId('call', 'a'), newId('code'), newId('call')]
    }
    expect(made()).toEqual(made())
  })
})

describe('openCalls', () => {
  it.each<[string, readonly Content[], ReturnType<typeof openCalls>]>([
    ['nothing in an empty conversation', [], []],
    ['nothing where the model has called nothing', [user('Hi'), model({ text: 'Hi' })], []],
    ['nothing where all is answered', [user('Hi'), model(call('f', 'a')), answered(response('f', 'a'))], []],
    ['a call that nobody answered', [user('Hi'), model({ text: 'So:' }, call('f', 'a'))], [{ id: 'a', modelId: 'a', name: 'f' }]],
    ['a call without an id, by its place', [user('Hi'), model(call('f'))], [{ id: 'call_1_0', name: 'f' }]],
    [
      'those that are left, in their order',
      [user('Hi'), model(call('f', 'a'), call('f', 'b'), call('g', 'c')), answered(response('f', 'b'))],
      [
        { id: 'a', modelId: 'a', name: 'f' },
        { id: 'c', modelId: 'c', name: 'g' },
      ],
    ],
    [
      'the later ones of calls without ids',
      [user('Hi'), model(call('f'), call('f'), call('g')), answered(response('f'))],
      [
        { id: 'call_1_1', name: 'f' },
        { id: 'call_1_2', name: 'g' },
      ],
    ],
    [
      'nothing where the answers are spread over turns',
      [model(call('f', 'a'), call('f', 'b')), answered(response('f', 'a')), answered(response('f', 'b'))],
      [],
    ],
    [
      'one call of two with the same id',
      [model(call('f', 'a'), call('f', 'a')), answered(response('f', 'a'))],
      [{ id: 'a', modelId: 'a', name: 'f' }],
    ],
    ['nothing of turns before the last one', [model(call('f', 'a')), user('Never mind'), model({ text: 'Well.' })], []],
    ['contents without parts as nothing', [{ role: 'model' }, {}], []],
  ])('finds %s', (_, contents, expected) => {
    expect(openCalls(contents)).toEqual(expected)
  })

  it('names a call as the run that told it did', () => {
    const contents = [user('Hi'), model(call('f'), call('g', 'b'), call('h'))]
    const newId = newIds(progressWith([], 1))
    expect(openCalls(contents).map(({ id }) => id)).toEqual([newId('call'), newId('call', 'b'), newId('call')])
  })
})

describe('answerOpen', () => {
  const open = [user('Hi'), model(call('f', 'a'), call('g'))]

  it('answers each call with an error, without an id where the model gave none', () => {
    expect(answerOpen(open, openCalls(open), 'not run: aborted')).toEqual([
      ...open,
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { error: 'not run: aborted' } } },
          { functionResponse: { name: 'g', response: { error: 'not run: aborted' } } },
        ],
      },
    ])
  })

  it('leaves nothing open', () => {
    expect(openCalls(answerOpen(open, openCalls(open), 'no'))).toEqual([])
  })

  it('joins the turn that has begun to answer', () => {
    const begun = [...open, answered(response('f', 'a'))]
    const whole = answerOpen(begun, openCalls(begun), 'no')
    expect(whole).toHaveLength(3)
    expect(whole[2]?.parts).toEqual([response('f', 'a'), { functionResponse: { name: 'g', response: { error: 'no' } } }])
    expect(begun[2]?.parts).toHaveLength(1)
  })

  it('is the same conversation where nothing is open', () => {
    expect(answerOpen(open, [], 'no')).toBe(open)
  })
})

describe('joinAnswers', () => {
  it('begins a turn after one of the model, and after one of the user that answers nothing', () => {
    expect(joinAnswers([model({ text: 'a' })], [{ text: 'b' }])).toEqual([model({ text: 'a' }), user('b')])
    expect(joinAnswers([user('a')], [{ text: 'b' }])).toEqual([user('a'), user('b')])
    expect(joinAnswers([], [{ text: 'b' }])).toEqual([user('b')])
  })

  it('keeps fields of the turn that it adds to', () => {
    const begun = { ...answered(response('f', 'a')), newField: 1 }
    expect(joinAnswers([begun], [{ text: 'b' }])).toEqual([{ ...begun, parts: [response('f', 'a'), { text: 'b' }] }])
  })
})

function progressWith(steps: readonly Step[], contents: number): Progress {
  // Only these two members are read.
  return { steps, contents: Array.from({ length: contents }, () => user('x')) } as Partial<Progress> as Progress
}

function codeCall(id: string): Step {
  return { type: 'code_execution_call', id, arguments: { code: '', language: 'python' }, regeneration: 0, host: 'executor' }
}

function functionCall(id: string): Step {
  return { type: 'function_call', id, name: 'f', arguments: {} }
}

function user(text: string): Content {
  return { role: 'user', parts: [{ text }] }
}

function model(...parts: readonly Part[]): Content {
  return { role: 'model', parts }
}

function answered(...parts: readonly Part[]): Content {
  return { role: 'user', parts }
}

function call(name: string, id?: string): Part {
  return { functionCall: { ...(id !== undefined && { id }), name, args: {} } }
}

function response(name: string, id?: string): Part {
  return { functionResponse: { ...(id !== undefined && { id }), name, response: { output: 1 } } }
}
