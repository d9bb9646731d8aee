import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { findNativeStack, withStack } from './native-stack.ts'

test('a command without a shell stays as it is', () => {
  expect(withStack({ kilobytes: 984 }, ['node', '--version'])).toEqual(['node', '--version'])
})

describe.skipIf(process.platform === 'win32')('where a shell can raise the limit', () => {
  test('a command has the larger stack, and its arguments as they were', async () => {
    const stack = await findNativeStack()
    const command = withStack(stack, ['sh', '-c', 'ulimit -s; printf "%s\\n" "$@"', 'sh', 'a b', `$'"`, ''])
    const [file = '', ...given] = command
    const [limit = '', ...told] = execFileSync(file, given, { encoding: 'utf8' }).split('\n')
    expect(told).toEqual(['a b', `$'"`, '', ''])
    expect(limit === 'unlimited' || Number(limit) > stack.kilobytes).toBe(true)
  })

  test('a program whose JavaScript recurses as deep as V8 lets it ends by an error, not by a signal', async () => {
    const stack = await findNativeStack()
    const code = 'const down = () => down() + 1; try { down() } catch (error) { console.log(error.name) }'
    const [file = '', ...given] = withStack(stack, [process.execPath, `--stack-size=${stack.kilobytes}`, '-e', code])
    expect(execFileSync(file, given, { encoding: 'utf8' })).toBe('RangeError\n')
  })
})
