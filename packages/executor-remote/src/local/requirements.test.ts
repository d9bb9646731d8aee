import { OptionsError } from '@interloop/core/executor'
import { expect, test } from 'vitest'
import { checkRequirements } from './requirements.ts'

test.each([
  'numpy',
  'scikit-learn',
  'pdfminer.six',
  'pandas>=2,<3',
  'pandas >= 2.0, != 2.1.*',
  'requests[socks,use_chardet]==2.*',
  "tomli; python_version < '3.11'",
  'numpy~=2.1',
])('%s names a distribution', (requirement) => {
  expect(() => checkRequirements([requirement])).not.toThrow()
})

test.each([
  '',
  '.',
  './mine',
  '/home/ada/mine',
  '-e .',
  '--index-url=x',
  'numpy --no-binary=:all:',
  'six @ https://host.example/six.tar.gz',
  'six@file:///tmp/six',
  'git+https://host.example/six',
  'numpy\n--pre',
  "numpy; python_version > '3' --pre",
  'numpy #egg',
])('%j does not, and is refused', (requirement) => {
  expect(() => checkRequirements([requirement])).toThrow(OptionsError)
})

test('a refusal names the requirement', () => {
  expect(() => checkRequirements(['numpy', './mine'])).toThrow(
    `packages must be names of an index, such as 'numpy' or 'pandas>=2,<3', got "./mine"; install anything else yourself and name the environment by the option venv`,
  )
})

test('no packages at all are a mistake', () => {
  expect(() => checkRequirements([])).toThrow("packages must name at least one, or be 'gemini', got none")
})
