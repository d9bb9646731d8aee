import { expect, test } from 'vitest'
import { defaultLimits } from './default-limits.ts'

test("sessions have 512 MiB, and room for all of Google's packages where those were asked for", () => {
  const MIB = 2 ** 20
  expect([{}, { packages: ['numpy'] }, { packages: 'gemini' as const }].map((options) => defaultLimits(options).memoryBytes / MIB)).toEqual(
    [512, 512, 2048],
  )
})
