import { expect, test } from 'vitest'
import { STAND_IN_END, standIn } from '../../../test/host/stand-in.ts'
import { GuestAbort, GuestExit } from '../faults.ts'

test('ending the process ends the run, with its code', () => {
  const { call } = standIn()
  expect(() => call('exit', 3)).toThrow(new GuestExit(3))
  expect(() => call('proc_exit', -1)).toThrow(new GuestExit(-1))
})

test('giving up ends the run, with the text of the assertion where it can be read', () => {
  const { call, text } = standIn()
  expect(() => call('_abort_js')).toThrow(GuestAbort)
  expect(() => call('__assert_fail', text('a > b'), 0, 0, 0)).toThrow('the interpreter gave up: a > b')
  expect(() => call('__assert_fail', -1, -1, -1, -1)).toThrow(new GuestAbort('the interpreter gave up: '))
  expect(() => call('__assert_fail', STAND_IN_END - 1, 0, 0, 0)).toThrow(new GuestAbort('the interpreter gave up: '))
})

test('the host is asked for a signal at every 32nd check', () => {
  let asked = 0
  const { call } = standIn({
    host: {
      dueSignal: () => {
        asked += 1
        return asked === 2 ? 15 : 0
      },
    },
  })
  const heard = Array.from({ length: 96 }, () => call('_Py_CheckEmscriptenSignals_Helper'))
  expect(asked).toBe(3)
  expect(heard).toEqual(Array.from({ length: 96 }, (_, index) => (index === 63 ? 15 : 0)))
})

test('a handler that is none ends the run, wherever it should be', () => {
  const { call, context } = standIn()
  for (const slot of [0, 1, -1, 99, 2 ** 31 - 1, -(2 ** 31)]) expect(() => call('__call_sighandler', slot, 2)).toThrow(GuestAbort)
  expect(context.exports.__indirect_function_table.length).toBe(3)
})
