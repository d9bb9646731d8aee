import { describe, expect, test } from 'vitest'
import { createTurns } from './turns.ts'

describe('createTurns', () => {
  test('lets one in at a time, in the order in which they came', async () => {
    const turns = createTurns()
    const steps: string[] = []
    const visit = async (name: string) => {
      const leave = await turns.take([])
      steps.push(`${name} in`)
      await Promise.resolve()
      steps.push(`${name} out`)
      leave?.()
    }
    await Promise.all(['a', 'b', 'c'].map(visit))
    expect(steps).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })

  test('takes one out of the line whose signal aborts, and lets the others pass', async () => {
    const turns = createTurns()
    const controller = new AbortController()
    const leaveFirst = await turns.take([])
    const second = turns.take([controller.signal])
    const third = turns.take([])
    controller.abort()
    expect(await second).toBe(undefined)
    leaveFirst?.()
    expect(typeof (await third)).toBe('function')
  })

  test('says whether somebody is in, and when all have left', async () => {
    const turns = createTurns()
    expect(turns.isTaken).toBe(false)
    const leave = await turns.take([])
    expect(turns.isTaken).toBe(true)
    let isSettled = false
    const settled = turns.settled().then(() => {
      isSettled = true
    })
    await Promise.resolve()
    expect(isSettled).toBe(false)
    leave?.()
    await settled
    expect(turns.isTaken).toBe(false)
  })
})
