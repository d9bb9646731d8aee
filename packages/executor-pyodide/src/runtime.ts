/** What serves requests inside the interpreter: a Python module that `interpreter.ts` runs once, with `host` for what it needs of it. */
export const RUNTIME: string = `
import ast, asyncio, base64, builtins, functools, hashlib, importlib.machinery, io, json, linecache, mimetypes, os, pathlib
import sys, sysconfig, textwrap, time, traceback, types, zipfile
from pyodide.code import CodeRunner

FOLDER = pathlib.Path('/mnt/data')
MAIN = types.ModuleType('__main__')
MIME_TYPES = {
    '_repr_html_': 'text/html', '_repr_markdown_': 'text/markdown', '_repr_svg_': 'image/svg+xml', '_repr_png_': 'image/png',
    '_repr_jpeg_': 'image/jpeg', '_repr_latex_': 'text/latex', '_repr_json_': 'application/json',
}

def answer(line):
    request = json.loads(line)
    return json.dumps(ANSWERS[request.pop('type')](**request))

def tell(**message):
    host.tell(json.dumps(message))

def execute(number, code, memoryBytes):
    try:
        ran = attempt(code, f'<program {number}>', functools.partial(host.begin, number, memoryBytes))
    except BaseException as error: # an interrupt that arrived when the program had just ended
        host.end()
        ran = failure(error)
    return {'type': 'ended', 'ran': ran, 'files': changes()}

def attempt(source, name, begin):
    importlib.invalidate_caches()
    shown.clear()
    try:
        try:
            begin()
            return run(source, name)
        finally:
            host.end()
            sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    except SystemExit as end:
        if not isinstance(end.code, int | None):
            print(end.code, file=sys.stderr)
        return {'reason': 'exit', 'exitCode': end.code if isinstance(end.code, int) else int(end.code is not None)}
    except BaseException as error:
        return failure(error)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

def run(source, name):
    if next((line for line in source.splitlines() if line.strip()), '')[:1].isspace():
        source = textwrap.dedent(source)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    try:
        program = CodeRunner(source, filename=name, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True, dedent=False).compile()
    except SyntaxError as error:
        return failure(error, 'syntax_error')
    try:
        if program.code.co_flags & 0x80: # it awaits
            value = asyncio.get_event_loop_policy().get_event_loop().run_until_complete(program.run_async(MAIN.__dict__))
        else:
            value = program.run(MAIN.__dict__)
    finally:
        show_open_figures()
    return {'reason': 'completed'} if value is None else {'reason': 'completed', 'value': {'data': bundle(value)}}

def failure(error, reason='exception'):
    told = traceback.TracebackException.from_exception(error, limit=-20)
    hide_own_frames(told)
    described = {'name': type(error).__name__, 'value': str(told)[:10_000], 'traceback': ''.join(told.format())[-100_000:]}
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_program(frame.f_code.co_filename):
            described['line'] = line
    if isinstance(error, SyntaxError) and is_program(error.filename):
        described['line'] = error.lineno
    if isinstance(error, ModuleNotFoundError):
        described['missingModule'] = error.name
    return {'reason': 'memory' if isinstance(error, MemoryError) else reason, 'error': described}

def is_program(filename):
    return str(filename).startswith('<program ')

def hide_own_frames(told):
    "In chained and grouped exceptions too; asyncio's go where nothing of the program called it."
    frames = [frame for frame in told.stack if frame.filename != '<interloop>' and '/_pyodide/' not in frame.filename]
    while frames and '/asyncio/' in frames[0].filename:
        frames.pop(0)
    told.stack = traceback.StackSummary.from_list(frames)
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other:
            hide_own_frames(other)

# Displays

def display(*objects):
    "Shows objects as rich output."
    for item in objects:
        show(bundle(item))

def show(data):
    sys.stdout.flush()
    tell(type='display', display={'data': data})

def bundle(item):
    data = {}
    for method, mime_type in {'_repr_mimebundle_': None, **MIME_TYPES}.items():
        try:
            content = getattr(type(item), method)(item)
            content = content[0] if isinstance(content, tuple) else content # the second is metadata
            data = {**(content if mime_type is None else {} if content is None else {mime_type: content}), **data}
        except Exception: # most objects have none of these methods
            continue
    if 'text/plain' not in data:
        try:
            data['text/plain'] = repr(item)
        except Exception as error:
            data['text/plain'] = f'<{type(item).__name__} whose repr raised {type(error).__name__}>'
    return {mime_type: text_of(content)[:200_000 if mime_type == 'text/plain' else None] for mime_type, content in data.items()}

def text_of(content):
    if isinstance(content, (bytes, bytearray, memoryview)):
        return base64.b64encode(content).decode()
    return content if isinstance(content, str) else json.dumps(content, default=repr)

shown = set()

def patch_figure(module):
    save = module.Figure.savefig
    def savefig(self, target, *arguments, **options):
        save(self, target, *arguments, **options)
        show_figure(self, target)
    def show_figure(figure, target=None):
        "Equal pictures of one figure are one display; a PNG file is shown as it was saved."
        rendered = io.BytesIO()
        save(figure, rendered, format='png', bbox_inches='tight')
        picture = rendered.getvalue()
        if (id(figure), picture) not in shown:
            shown.add((id(figure), picture))
            if str(target).endswith('.png'):
                picture = pathlib.Path(target).read_bytes()
            show({'image/png': text_of(picture), 'text/plain': repr(figure)})
    module.Figure.savefig = savefig
    module.Figure.show = lambda self, warn=True: show_figure(self)

def patch_pyplot(module):
    module.show = lambda *arguments, **options: show_open_figures()

def show_open_figures():
    pyplot = sys.modules.get('matplotlib.pyplot')
    for number in pyplot.get_fignums() if pyplot else ():
        figure = pyplot.figure(number)
        if len(figure.get_children()) > 1: # more than its background
            figure.show()
        pyplot.close(figure)

PATCHES = {'matplotlib.figure': patch_figure, 'matplotlib.pyplot': patch_pyplot}

# Modules

packages = json.loads(host.packages)

class PackageFinder:
    "Unpacks the wheels of a module that is imported, and lets figures come back as displays."
    def find_spec(self, name, path=None, target=None):
        wanted = [package for package, found in packages.items() if name in found['imports']]
        for package in wanted:
            wanted.extend(needed for needed in packages[package]['depends'] if needed in packages and needed not in wanted)
        if wanted:
            tell(type='status', status='preparing', detail=f'unpacking {", ".join(wanted)}')
            for package in wanted:
                unpack(packages[package])
                del packages[package]
            importlib.invalidate_caches()
            tell(type='status', status='running')
        if name not in PATCHES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        load = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (load(module), PATCHES[name](module))
        return spec

def unpack(package):
    wheel = host.read_wheel(package['file_name']).to_bytes()
    if hashlib.sha256(wheel).hexdigest() != package['sha256']: # Pyodide itself does not look (pyodide.md 1)
        raise ImportError(f'{package["file_name"]} has not the sha256 that pyodide-lock.json lists')
    zipfile.ZipFile(io.BytesIO(wheel)).extractall(sysconfig.get_path('purelib'))

# Files

files = {}

def put(paths, content):
    for path in map(FOLDER.joinpath, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(content))
    changes()
    return {'type': 'content'}

def read(path):
    return {'type': 'content', **({'content': text_of((FOLDER / path).read_bytes())} if is_regular(FOLDER / path) else {})}

def remove(path):
    if is_regular(FOLDER / path):
        (FOLDER / path).unlink()
    changes()
    return {'type': 'content'}

def list_files():
    return {'type': 'listed', 'files': [{'path': str(path.relative_to(FOLDER)), 'size': path.stat().st_size} for path in walk()]}

def is_regular(path):
    return path.is_file() and not path.is_symlink()

def walk():
    return [path for folder, _, names in os.walk(FOLDER) for path in map(pathlib.Path(folder).joinpath, sorted(names)) if is_regular(path)]

def changes():
    "Since the last call."
    global files
    before, files, now = files, {}, time.time()
    for path in walk():
        stat, name = path.stat(), str(path.relative_to(FOLDER))
        stamp = (stat.st_size, stat.st_mtime_ns)
        # Times of files are in milliseconds: what was young when it was looked at may have changed since without a trace.
        is_old = name in before and before[name]['stamp'] == stamp and before[name]['seen'] > stat.st_mtime + 0.05
        files[name] = before[name] if is_old else {'stamp': stamp, 'seen': now, 'sha256': hashlib.sha256(path.read_bytes()).hexdigest()}
    found = []
    for name, file in files.items():
        if name not in before or before[name]['sha256'] != file['sha256']:
            change = {'path': name, 'change': 'modified' if name in before else 'created', 'size': file['stamp'][0], 'sha256': file['sha256']}
            mime_type = mimetypes.guess_type(name)[0]
            found.append({**change, 'mimeType': mime_type} if mime_type else change)
    return found + [{'path': name, 'change': 'deleted', 'size': 0} for name in before if name not in files]

# Time: Python here runs to its end before JavaScript goes on, so waiting is done by the host, where an interrupt ends it.

def sleep(seconds, /):
    "Delay execution for a given number of seconds."
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        host.sleep(min(left, 1) * 1000)

class Selector:
    def select(self, timeout):
        if timeout is None:
            raise RuntimeError('deadlock: the event loop has nothing left to wait for')
        sleep(max(timeout, 0))
        return ()

class EventLoop(asyncio.base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = Selector()
    def _process_events(self, events):
        pass
    def _write_to_self(self):
        pass

class EventLoopPolicy(asyncio.events._BaseDefaultEventLoopPolicy):
    def get_event_loop(self):
        if self._local._loop is None or self._local._loop.is_closed():
            self.set_event_loop(EventLoop())
        return self._local._loop
    def new_event_loop(self):
        return EventLoop()

def read_input(prompt='', /):
    raise EOFError('input() has nobody to ask: a program here has no standard input; write the values into the code')

ANSWERS = {'execute': execute, 'put': put, 'read': read, 'remove': remove, 'list': list_files}
FOLDER.mkdir(parents=True)
os.chdir(FOLDER)
os.environ['MPLBACKEND'] = 'Agg'
os.environ.pop('_')
sys.dont_write_bytecode = True
sys.modules['__main__'] = MAIN
sys.meta_path.insert(0, PackageFinder())
builtins.display, builtins.input, time.sleep = display, read_input, sleep
asyncio.run = asyncio.run.__wrapped__
asyncio.events._set_running_loop(None)
asyncio.events._set_event_loop_policy(EventLoopPolicy())
`
