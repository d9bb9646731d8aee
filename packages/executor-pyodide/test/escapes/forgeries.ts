// Programs that speak to their host in its own words, or break the line to it. None of them can be kept from writing to
// descriptor 3: what they write must harm nobody but themselves.
import type { Attempt } from './attempts.ts'

const PRELUDE = `import json, os, sys
def frame(content):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return len(content).to_bytes(4, 'little') + content
def tell(content):
    data = frame(content)
    while data:
        data = data[os.write(3, data):]
`

/** `name` ends the sentence "a program that …". */
export const FORGERIES: readonly Attempt[] = [
  forgery(
    'tells its own end',
    "tell({'type': 'ended', 'number': 1, 'ran': {'reason': 'completed', 'value': {'data': {'text/plain': 'forged'}}}})\n1 / 0",
  ),
  forgery('tells its end twice', "for _ in range(2): tell({'type': 'ended', 'number': 1, 'ran': {'reason': 'completed'}})"),
  forgery('tells the end of the next program', "tell({'type': 'ended', 'number': 2, 'ran': {'reason': 'completed'}})"),
  forgery(
    'tells an end that is none',
    "tell({'type': 'ended', 'number': 1, 'ran': {'reason': '__proto__', 'value': 1, 'error': [], 'exitCode': 'x', 'dropped': None}})",
  ),
  forgery('tells an end without what became of it', "tell({'type': 'ended', 'number': 1})"),
  forgery('tells that Python is ready', "tell({'type': 'ready', 'version': '__proto__'})"),
  forgery(
    'tells what a parent tells',
    "for kind in ('start', 'execute', 'answer', 'put', 'reset', 'stop', 'woken'): tell({'type': kind, 'number': 1, 'ask': 1, 'id': '1', 'code': 'x', 'paths': ['/etc/x'], 'size': -1})",
  ),
  forgery('tells a message of no known type', "tell({'type': '__proto__'})\ntell({'__proto__': {'type': 'ended'}})\ntell({})"),
  forgery(
    'tells a display of prototypes',
    "tell({'type': 'display', 'display': {'data': {'__proto__': 'x', 'constructor': 'x'}, '__proto__': {'polluted': True}}})",
  ),
  forgery('tells a display that is none', "tell({'type': 'display', 'display': 7})"),
  forgery(
    'tells a hundred thousand displays',
    "for n in range(100_000): tell({'type': 'display', 'display': {'data': {'text/plain': str(n)}}})",
  ),
  forgery(
    'calls tools by the names of prototypes',
    "for name in ('__proto__', 'constructor', 'toString', 'hasOwnProperty'): tell({'type': 'call', 'id': name, 'name': name, 'arguments': '{}'})",
  ),
  forgery('calls a tool with one id twice', "for _ in range(2): tell({'type': 'call', 'id': '1', 'name': 'x', 'arguments': '{}'})"),
  forgery(
    'calls ten thousand tools at once',
    "for n in range(10_000): tell({'type': 'call', 'id': str(n), 'name': 'x', 'arguments': '{}'})",
  ),
  forgery(
    'calls a tool with arguments that are no JSON',
    "tell({'type': 'call', 'id': '1', 'name': 'x', 'arguments': '{'})\ntell({'type': 'call', 'id': '2', 'name': 7, 'arguments': {}})",
  ),
  forgery('says for ever that it waits for tools', "tell({'type': 'waiting', 'isWaiting': True})\nwhile True: pass"),
  forgery('writes a frame of four gigabytes', "os.write(3, b'\\xff' * 4 + b'x' * 1000)"),
  forgery('writes a part of a frame', "os.write(3, frame({'type': 'begun'})[:7])"),
  forgery('writes what is no JSON', "tell(b'\\xff\\xfe{')"),
  forgery('writes JSON that is no object', "tell([1, 2])\ntell(b'null')"),
  forgery('writes JSON of a hundred thousand levels', "tell(b'[' * 100_000 + b']' * 100_000)"),
  forgery('writes thirty megabytes of a message', "tell({'type': 'x' * 30_000_000})"),
  forgery('closes the line to its host', 'os.close(3)'),
  forgery('puts a file in the place of the line', "os.dup2(os.open('line', os.O_RDWR | os.O_CREAT), 3)"),
  forgery('closes its streams', 'for number in (0, 1, 2): os.close(number)'),
  forgery('closes all that it can', 'os.closerange(0, 256)'),
  forgery('reads what is meant for the runtime', 'os.set_blocking(3, False)\ntry: os.read(3, 1000)\nexcept OSError: pass'),
  forgery(
    'empties the modules of the runtime',
    "for name in list(sys.modules):\n    if 'interloop' in name: vars(sys.modules[name]).clear()",
  ),
  forgery(
    'takes the runtime apart',
    "import builtins\nfor name in list(vars(builtins)):\n    if name not in ('delattr', 'vars', 'list', 'builtins'): delattr(builtins, name)",
  ),
  forgery('changes what modules of the runtime use', "json.dumps = lambda *a, **k: '{'\nos.write = lambda *a: 1 / 0"),
  forgery(
    'names files as no host may name them',
    "for name in ('a\\nb', '__proto__', 'constructor', '\\\\..\\\\up', 'C:evil', ' ', '\\u202egpj.exe', 'x' * 255): open(name, 'w').write('x')",
  ),
  forgery(
    'makes links to all places',
    "for n, target in enumerate(('/', '..', '/etc/passwd', '/proc/self/environ', '/dev/fd/0', 'link2', '../../../../../../tmp')): os.symlink(target, f'link{n}')",
  ),
  forgery('makes folders deeper than any stack', "for _ in range(2000):\n    os.mkdir('d'); os.chdir('d')"),
  forgery(
    'leaves its working folder',
    "import shutil\nwhere = os.getcwd()\nos.chdir('/')\ntry: shutil.rmtree(where)\nexcept OSError: pass",
  ),
  forgery('ends its interpreter', 'os._exit(0)'),
  forgery('aborts its interpreter', 'os.abort()'),
  forgery('calls what it may not', 'import ctypes\nctypes.CDLL(None).getpid()'),
  forgery('jumps into nothing', 'import ctypes\nctypes.CFUNCTYPE(None)(0xffffff)()'),
  forgery('writes over its own memory', 'import ctypes\nctypes.memset(0, 0xff, 2**24)'),
]

function forgery(name: string, program: string): Attempt {
  return { name, program: PRELUDE + program }
}
