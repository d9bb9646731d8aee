import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { LIBSECCOMP, SECCOMP_FILTERS } from './seccomp-filter.ts'

const maker = fileURLToPath(new URL('./make-seccomp-filter.py', import.meta.url))

test('the script makes the very same bytes', ({ skip }) => {
  const made = spawnSync('/usr/bin/python3', ['-I', maker], { encoding: 'utf8' })
  skip(made.status !== 0, 'no python3-seccomp here')
  const { libseccomp, ...filters } = JSON.parse(made.stdout)
  skip(libseccomp !== LIBSECCOMP, `libseccomp ${libseccomp} here, the filters are of ${LIBSECCOMP}`)
  expect(filters).toEqual(SECCOMP_FILTERS)
})
