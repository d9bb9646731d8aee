import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { LIBSECCOMP, SECCOMP_FILTERS } from './seccomp-filter.ts'

const maker = fileURLToPath(new URL('./make-seccomp-filter.py', import.meta.url))

test('the filters are whole programs of the kernel, which end in an answer', () => {
  for (const filter of Object.values(SECCOMP_FILTERS)) {
    const bytes = Buffer.from(filter, 'base64')
    const instructions = Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readUInt16LE(index * 8))
    // BPF_RET | BPF_K
    expect(instructions.at(-1)).toBe(0x06)
    // BPF_LD | BPF_W | BPF_ABS
    expect(instructions[0]).toBe(0x20)
  }
})

test('the script makes the very same bytes', ({ skip }) => {
  const made = spawnSync('/usr/bin/python3', ['-I', maker], { encoding: 'utf8' })
  skip(made.status !== 0, 'no python3-seccomp here')
  const { libseccomp, ...filters } = JSON.parse(made.stdout)
  skip(libseccomp !== LIBSECCOMP, `libseccomp ${libseccomp} here, the filters are of ${LIBSECCOMP}`)
  expect(filters).toEqual(SECCOMP_FILTERS)
})
