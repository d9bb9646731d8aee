import { expect, test } from 'vitest'
import { hostedBoot } from './hosted-boot.ts'
import { HOSTED_SOURCES } from './hosted-sources.ts'
import { SOURCES } from './sources.ts'

test('what a WebAssembly host boots has the runtime, and nothing of the supervisor of a process', () => {
  const names = [...hostedBoot().matchAll(/"(\w+)":/g)].map(([, name]) => name ?? '')
  expect(names).toEqual(expect.arrayContaining(['loader', 'session', 'runtime', 'program', 'displays', 'tracebacks', 'interrupts']))
  expect(names.filter((name) => ['supervisor', 'child', 'interpreter', 'execution', 'system'].includes(name))).toEqual([])
})

test('no file of the host takes the name of one of the runtime', () => {
  expect(Object.keys(HOSTED_SOURCES).filter((name) => Object.hasOwn(SOURCES, name))).toEqual([])
})
