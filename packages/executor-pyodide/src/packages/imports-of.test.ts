import { expect, test } from 'vitest'
import { importsOf } from './imports-of.ts'

test.each([
  ['import numpy', ['numpy']],
  ['import numpy as np, pandas.io as io;import six', ['numpy', 'pandas.io', 'six']],
  ['from matplotlib import pyplot as plt, cm', ['matplotlib', 'matplotlib.pyplot', 'matplotlib.cm']],
  ['from google import (\n  protobuf, # a comment\n  other as name,\n)', ['google', 'google.protobuf', 'google.other']],
  ['def f():\n    import numpy\n    if x: import six', ['numpy', 'six']],
  ['try: import numpy\nexcept ImportError: import six', ['numpy', 'six']],
  ['import \\\n  numpy', ['numpy']],
  ['from . import one\nfrom .two import three', ['.', '.one', '.two', '.two.three']],
  ['importlib.import_module("numpy.linalg"); __import__(\'six\')', ['numpy.linalg', 'six']],
  ['import größe', ['größe']],
  ['x = "an unfinished text\nimport numpy', ['numpy']],
  [`x = f'{y["a"]}'\nimport numpy`, ['numpy']],
])('%j imports %j', (program, modules) => {
  expect([...importsOf(program)]).toEqual(modules)
})

test.each([
  ['# import numpy'],
  ['"""\nimport numpy\n"""'],
  [`x = '''\nimport "numpy"\n'''`],
  ['text = "a;import numpy"'],
  [`text = 'it\\'s;import numpy'`],
  ['important = 1\nimport_this = 2'],
  [''],
])('%j imports nothing', (program) => {
  expect([...importsOf(program)]).toEqual([])
})

test('a long program that is no Python is read in time', () => {
  const begin = performance.now()
  importsOf(`${'"'.repeat(50_000)}${"'".repeat(50_000)}${'import '.repeat(50_000)}`)
  expect(performance.now() - begin).toBeLessThan(5_000)
})
