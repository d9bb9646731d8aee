import { describe, expect, it } from 'vitest'
import { salvage } from './salvage.ts'

const MALFORMED = 'Malformed function call: '

describe('salvage', () => {
  it.each([
    ['double quotes', 'print(default_api.run_python(code="print(4)"))', 'print(4)'],
    ['single quotes', "print(default_api.run_python(code='print(4)'))", 'print(4)'],
    ['three double quotes', 'run_python(code="""a = 1\nprint(a)\n""")', 'a = 1\nprint(a)\n'],
    ['three single quotes', "run_python(code='''a = 1\nprint(a)\n''')", 'a = 1\nprint(a)\n'],
    ['line ends inside ordinary quotes', 'run_python(code="a = 1\nprint(a)")', 'a = 1\nprint(a)'],
    ['a positional argument', 'run_python("print(4)")', 'print(4)'],
    ['a colon, as in JSON', 'run_python(code: "print(4)")', 'print(4)'],
    ['spaces and lines around', 'default_api . run_python (\n  code = "print(4)" ,\n)', 'print(4)'],
    ['nothing around', 'run_python(code="print(4)")', 'print(4)'],
    ['the other quotes inside', `run_python(code="print('a')")`, "print('a')"],
    ['the same quotes inside, escaped', 'run_python(code="print(\\"a\\")")', 'print("a")'],
    ['single quotes within three', 'run_python(code="""print("a")""")', 'print("a")'],
    ['escapes of one letter', String.raw`run_python(code="a\n\tb\r\\\a\b\f\v\'\"")`, 'a\n\tb\r\\\x07\b\f\v\'"'],
    ['escapes with digits', String.raw`run_python(code="\x41\u00e4\U0001F600\101\0")`, 'Aä😀A\0'],
    ['escapes that Python does not know', String.raw`run_python(code="re.match(\d+)\q")`, String.raw`re.match(\d+)\q`],
    ['an escape with too few digits', String.raw`run_python(code="\x4")`, String.raw`\x4`],
    ['a code point that there is not', String.raw`run_python(code="\U00FFFFFF")`, String.raw`\U00FFFFFF`],
    ['a line end that is escaped', 'run_python(code="""\\\na""")', 'a'],
    ['a raw string', String.raw`run_python(code=r"a\n\"b")`, String.raw`a\n\"b`],
    ['a raw string in three quotes', 'run_python(code=R"""\\d\n""")', '\\d\n'],
    ['an empty program', 'run_python(code="")', ''],
    ['what follows the call', 'run_python(code="a"); print(1)', 'a'],
  ])('finds a whole program in %s', (_, message, expected) => {
    expect(salvage(message)).toBe(expected)
    expect(salvage(MALFORMED + message)).toBe(expected)
  })

  it.each([
    ['nothing', ''],
    ['no call', 'Malformed function call: print("a")'],
    ['another function', 'default_api.get_weather(city="Berlin")'],
    ['a name that only ends alike', 'my_run_python(code="a")'],
    ['a name that only begins alike', 'run_python3(code="a")'],
    ['a string without its end', 'run_python(code="print(4)'],
    ['three quotes without their end', 'run_python(code="""print(4)\n"")'],
    ['a call without its end', 'run_python(code="print(4)"'],
    ['a string that ends in a backslash', 'run_python(code="print(4)\\'],
    ['a last quote that is escaped', 'run_python(code="print(4)\\")'],
    ['an f-string', 'run_python(code=f"print({a})")'],
    ['bytes', 'run_python(code=b"print(4)")'],
    ['raw bytes', 'run_python(code=rb"print(4)")'],
    ['an expression', 'run_python(code="a" + b)'],
    ['strings side by side', 'run_python(code="a" "b")'],
    ['a variable', 'run_python(code=program)'],
    ['another argument', 'run_python(program="a")'],
    ['a second argument', 'run_python(code="a", timeout=3)'],
    ['quotes inside that are not escaped', 'run_python(code="print("a")")'],
  ])('finds nothing in %s', (_, message) => {
    expect(salvage(message)).toBeUndefined()
  })

  it('reads a long message in one pass', () => {
    const program = 'print("a")\n'.repeat(20_000)
    expect(salvage(`run_python(code="""${program}""")`)).toBe(program)
  })
})
