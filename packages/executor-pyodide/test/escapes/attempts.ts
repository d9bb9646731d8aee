// Programs that try to get out of an interpreter in WebAssembly, in the classes of pyodide.md 7.2. Each is shown to get out
// of plain Pyodide, and has to be held by ours. What a program got is seen from outside: a secret that it prints, a file in
// a folder of the host, a visit at a server, a process that is gone (world.ts).

/** One attempt. */
export interface Attempt {
  /** What it tries: the words after `never`. */
  readonly name: string
  /** Python with `G`, a dict of what `World.given()` names. */
  readonly program: string
}

/** Code of JavaScript in which a text of `G` can be named: `__secretFile__`. */
const DEEDS: Readonly<Record<string, string>> = {
  'reads a file': "process.getBuiltinModule('fs').readFileSync(__secretFile__, 'utf8')",
  'reads the environment': 'JSON.stringify(process.env)',
  'writes a file': "process.getBuiltinModule('fs').writeFileSync(__openFolder__ + '/written', 'x')",
  'starts a process': "process.getBuiltinModule('child_process').execFileSync('cat', [__secretFile__]).toString()",
  'kills a process': "process.kill(__canaryPid__, 'SIGKILL')",
  'opens a connection': "process.getBuiltinModule('net').connect(__tcpPort__, '127.0.0.1')",
}

/** Expressions of Python that have JavaScript evaluated: the text of an expression is in `S`. */
const ROUTES: Readonly<Record<string, string>> = {
  'js.eval': "__import__('js').eval(S)",
  'js.globalThis': "__import__('js').globalThis.globalThis.eval(S)",
  run_js: "__import__('pyodide.code', fromlist=['run_js']).run_js(S)",
  'the Function constructor': "__import__('js').Function.new('return ' + S)()",
  'the constructor of a constructor': "__import__('js').Object.constructor('return ' + S)()",
  'the constructor of a method of Pyodide': "__import__('pyodide_js').runPython.constructor('return ' + S)()",
  'the constructor of an array that came from Python':
    "__import__('pyodide.ffi', fromlist=['to_js']).to_js([1]).constructor.constructor('return ' + S)()",
  'the constructor of a map': "__import__('js').Map.new().constructor.constructor('return ' + S)()",
  'the prototype of a function': "__import__('js').Object.getPrototypeOf(__import__('js').isNaN).constructor('return ' + S)()",
  'Reflect.construct':
    "__import__('js').Reflect.construct(__import__('js').Function, __import__('pyodide.ffi', fromlist=['to_js']).to_js(['return ' + S]))()",
  'Reflect.get': "__import__('js').Reflect.get(__import__('js').globalThis, 'eval')(S)",
  'vm.runInThisContext': "__import__('js').process.getBuiltinModule('vm').runInThisContext(S)",
}

const CODE_ATTEMPTS: readonly Attempt[] = Object.entries(ROUTES).flatMap(([route, expression]) =>
  Object.entries(DEEDS).map(([deed, code]) => ({ name: `${deed} by ${route}`, program: withCode(code, expression) })),
)

const PATH_ATTEMPTS: readonly Attempt[] = [
  attempt(
    'reads a file by a module that a path of attributes leads to',
    "import js; print(js.process.getBuiltinModule('fs').readFileSync(G['secretFile'], 'utf8'))",
  ),
  attempt(
    'reads a file by a dynamic import',
    "import js; print((await js.eval(\"import('node:fs')\")).readFileSync(G['secretFile'], 'utf8'))",
  ),
  attempt(
    'reads a file by createRequire',
    "import js; print(js.process.getBuiltinModule('module').createRequire('/')('fs').readFileSync(G['secretFile'], 'utf8'))",
  ),
  attempt(
    'reads a file by promises',
    "import js; print(await js.process.getBuiltinModule('fs').promises.readFile(G['secretFile'], 'utf8'))",
  ),
  attempt('reads the environment by an attribute', 'import js; print(js.process.env.INTERLOOP_TEST_SECRET)'),
  attempt('reads the environment by a report', 'import js; print(js.JSON.stringify(js.process.report.getReport()))'),
  attempt(
    'makes a file by SQLite of the host',
    "import js; d = js.process.getBuiltinModule('node:sqlite').DatabaseSync.new(G['openFolder'] + '/made.db'); d.exec('create table t (x)')",
  ),
  attempt('writes a report into a folder', "import js; js.process.report.writeReport(G['openFolder'] + '/report.json')"),
  attempt(
    'writes a heap snapshot into a folder',
    "import js; js.process.getBuiltinModule('v8').writeHeapSnapshot(G['openFolder'] + '/heap')",
  ),
  attempt(
    'links a file into a folder',
    "import js; js.process.getBuiltinModule('fs').symlinkSync(G['secretFile'], G['openFolder'] + '/link')",
  ),
  attempt('kills a process by an attribute', "import js; js.process.kill(G['canaryPid'], 'SIGKILL')"),
  attempt(
    'starts a shell',
    "import js; print(js.process.getBuiltinModule('child_process').execSync('cat ' + G['secretFile'], js.JSON.parse('{\"encoding\": \"utf8\"}')))",
  ),
  attempt(
    'starts a thread that reads a file',
    "import js, asyncio\nW = js.process.getBuiltinModule('worker_threads').Worker\nW.new(\"require('fs').writeFileSync(\" + repr(G['openFolder'] + '/thread') + \", 'x')\", js.JSON.parse('{\"eval\": true}'))\nfor _ in range(40):\n    await asyncio.sleep(0.05)",
  ),
  attempt(
    'asks a server by fetch',
    'import js\ntry:\n    await js.fetch(f"http://127.0.0.1:{G[\'tcpPort\']}/")\nexcept Exception as error:\n    print(error)',
  ),
  attempt(
    'asks a server by pyfetch',
    'from pyodide.http import pyfetch\ntry:\n    await pyfetch(f"http://127.0.0.1:{G[\'tcpPort\']}/")\nexcept Exception as error:\n    print(error)',
  ),
  attempt(
    'asks a server by a WebSocket',
    'import js, asyncio\njs.WebSocket.new(f"ws://127.0.0.1:{G[\'tcpPort\']}/")\nawait asyncio.sleep(0.3)',
  ),
  attempt(
    'asks a server by http',
    "import js, asyncio\njs.process.getBuiltinModule('http').get(f\"http://127.0.0.1:{G['tcpPort']}/\").on('error', js.eval('() => {}'))\nawait asyncio.sleep(0.3)",
  ),
  attempt(
    'sends a datagram',
    "import js, asyncio\njs.process.getBuiltinModule('dgram').createSocket('udp4').send('x', G['udpPort'], '127.0.0.1')\nawait asyncio.sleep(0.3)",
  ),
  attempt(
    'opens a socket of the file system',
    "import js, asyncio\njs.process.getBuiltinModule('net').connect(G['unixPath'])\nawait asyncio.sleep(0.3)",
  ),
  attempt(
    'mounts a folder of the host',
    "import os, pyodide_js\npyodide_js.mountNodeFS('/outside', os.path.dirname(G['secretFile']))\nprint(open('/outside/secret').read())",
  ),
  attempt(
    'mounts a folder of the host by its file system',
    "import os, js, pyodide_js\nos.mkdir('/outer')\npyodide_js.FS.mount(pyodide_js.FS.filesystems.NODEFS, js.JSON.parse('{\"root\": \"' + os.path.dirname(G['secretFile']) + '\"}'), '/outer')\nprint(open('/outer/secret').read())",
  ),
  attempt(
    'has Pyodide read a file as a package',
    "import pyodide_js\nprint(bytes((await pyodide_js._api.loadBinaryFile(G['secretFile'])).to_py()))",
  ),
  attempt(
    'poisons a prototype that the host uses',
    "import js\njs.eval(\"Object.prototype.toJSON = function () { process.getBuiltinModule('fs').writeFileSync(\" + repr(G['openFolder'] + '/poison') + \", 'x') }\")\njs.JSON.stringify(js.Object.new())",
  ),
]

const MODULE_ATTEMPTS: readonly Attempt[] = [
  blocked('by importing them once more', "del sys.modules['js']\nimport js"),
  blocked('by import_module', "sys.modules.pop('js')\njs = __import__('importlib').import_module('js')"),
  blocked('by the finder that made them', "js = next(finder.jsproxies['js'] for finder in sys.meta_path if hasattr(finder, 'jsproxies'))"),
  blocked(
    'among the objects of the garbage collector',
    "import gc\njs = next(o.jsproxies['js'] for o in gc.get_objects() if isinstance(getattr(o, 'jsproxies', None), dict))",
  ),
  blocked('by what converts values', "from pyodide.ffi import to_js\njs = to_js([]).constructor.constructor('return globalThis')()"),
  blocked('by the finder of another interpreter state', "import _pyodide._importhook as hook\njs = hook.jsfinder.jsproxies['js']"),
]

const EMSCRIPTEN_ATTEMPTS: readonly Attempt[] = [
  attempt(
    'reads a file by a script of Emscripten',
    "import ctypes\nrun = ctypes.CDLL(None).emscripten_run_script_string\nrun.restype = ctypes.c_char_p\nprint(run(f\"process.getBuiltinModule('fs').readFileSync({G['secretFile']!r}, 'utf8')\".encode()))",
  ),
  attempt(
    'writes a file by a script of Emscripten',
    "import ctypes\nctypes.CDLL(None).emscripten_run_script(f\"process.getBuiltinModule('fs').writeFileSync({G['openFolder'] + '/script'!r}, 'x')\".encode())",
  ),
  attempt(
    'kills a process by a script of Emscripten',
    "import ctypes\nctypes.CDLL(None).emscripten_run_script_int(f\"process.kill({G['canaryPid']}, 'SIGKILL')\".encode())",
  ),
  attempt(
    'runs a script of Emscripten by the API of Python',
    "import ctypes\nctypes.pythonapi.emscripten_run_script(f\"process.getBuiltinModule('fs').writeFileSync({G['openFolder'] + '/api'!r}, 'x')\".encode())",
  ),
  attempt('starts a shell by os.system', "import os\nos.system(f\"cat {G['secretFile']} > {G['openFolder']}/system\")"),
  attempt(
    'starts a shell by system of the C library',
    "import ctypes\nctypes.CDLL(None).system(f\"cat {G['secretFile']} > {G['openFolder']}/libc\".encode())",
  ),
  attempt(
    'copies a file of the host by wget of Emscripten',
    "import ctypes, os, asyncio\nctypes.CDLL(None).emscripten_async_wget(G['secretFile'].encode(), b'/copied', 0, 0)\nfor _ in range(20):\n    await asyncio.sleep(0.05)\nprint(open('/copied').read())",
  ),
  attempt(
    'opens a connection by a socket',
    "import socket, asyncio\ns = socket.socket()\ns.setblocking(False)\ntry:\n    s.connect(('127.0.0.1', G['tcpPort']))\nexcept BlockingIOError:\n    pass\nawait asyncio.sleep(0.5)",
  ),
  attempt('reads the standard input of its host', "import os\nprint('read', os.read(0, 1000))"),
  attempt('learns where the program of its host lies', "import os\nprint('found', os.environ.get('_'))"),
]

// Shown in plain Pyodide with the folder of the secret mounted at its own path.
const FILE_ATTEMPTS: readonly Attempt[] = [
  attempt('reads a file by its path', "print(open(G['secretFile']).read())"),
  attempt('reads a file by a path that leaves the working folder', "print(open('../' * 40 + G['secretFile'][1:]).read())"),
  attempt('reads a file by a link', "import os\nos.symlink(G['secretFile'], 'link')\nprint(open('link').read())"),
  attempt(
    'reads a file by a descriptor of its folder',
    "import os\nfolder = os.open(os.path.dirname(G['secretFile']), os.O_RDONLY)\nprint(os.read(os.open('secret', os.O_RDONLY, dir_fd=folder), 100))",
  ),
  attempt(
    'reads a file by sqlite3',
    "import sqlite3\nfor row in sqlite3.connect(':memory:').execute('select 1'): pass\nprint(open(G['secretFile']).read())",
  ),
  attempt(
    'maps a file into its memory',
    "import mmap, os\nprint(mmap.mmap(os.open(G['secretFile'], os.O_RDONLY), 0, access=mmap.ACCESS_READ)[:])",
  ),
  attempt('writes a file by its path', "open(G['openFolder'] + '/path', 'w').write('x')"),
  attempt('makes a folder by its path', "import os\nos.mkdir(G['openFolder'] + '/folder')"),
  attempt(
    'moves a file into a folder',
    "import os\nopen(G['openFolder'] + '/new', 'w').close()\nos.rename(G['openFolder'] + '/new', G['openFolder'] + '/moved')",
  ),
  attempt('makes a link by its path', "import os\nos.symlink('/etc', G['openFolder'] + '/link')"),
  attempt(
    'makes a database by its path',
    "import sqlite3\nsqlite3.connect(G['openFolder'] + '/data.db').execute('create table t (x)').connection.commit()",
  ),
]

/** All of them. */
export const ATTEMPTS: readonly Attempt[] = [
  ...CODE_ATTEMPTS,
  ...PATH_ATTEMPTS,
  ...MODULE_ATTEMPTS,
  ...EMSCRIPTEN_ATTEMPTS,
  ...FILE_ATTEMPTS,
]

/** The program of an attempt, with what it is given. */
export function programOf({ program }: Attempt, given: Readonly<Record<string, string | number>>): string {
  return `import json\nG = json.loads(${JSON.stringify(JSON.stringify(given))})\n${program}`
}

function attempt(name: string, program: string): Attempt {
  return { name, program }
}

function withCode(code: string, route: string): string {
  return [
    'import asyncio',
    `S = ${JSON.stringify(code)}`,
    'for name, value in G.items():',
    "    S = S.replace(f'__{name}__', json.dumps(value))",
    `print(${route})`,
    'await asyncio.sleep(0.1)', // what it started may need a moment of the event loop to be seen
  ].join('\n')
}

/** Modules that were taken away are found again. */
function blocked(name: string, find: string): Attempt {
  const block = "import sys\nfor name in ('js', 'pyodide_js'):\n    sys.modules[name] = None"
  const read = "print(js.process.getBuiltinModule('fs').readFileSync(G['secretFile'], 'utf8'))"
  return { name: `finds modules that were taken away ${name}`, program: `${block}\n${find}\n${read}` }
}
