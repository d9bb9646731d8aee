"""Runs programs for the reference executor of the contract's own tests: JSON lines in on stdin, JSON lines out on stdout."""

import _thread
import ast
import base64
import builtins
import codecs
import hashlib
import inspect
import io
import itertools
import json
import linecache
import os
import queue
import resource
import selectors
import signal
import stat
import sys
import threading
import time
import traceback
import types

# The protocol gets descriptors of its own; what a program reads and writes by number goes nowhere.
commands = os.fdopen(os.dup(0), "rb")
frames = os.dup(1)
nowhere = os.open(os.devnull, os.O_RDWR)
for descriptor in (0, 1, 2):
    os.dup2(nowhere, descriptor)
sys.stdin = open(os.devnull)

running = False
writing = False
pending = None
out_of_time = False
lock = threading.RLock()
main_thread = threading.get_ident()


def interrupt(number, _frame):
    """Raised only in the program, and never in the middle of a frame."""
    global pending, out_of_time
    if not running:
        return
    if number == signal.SIGPROF:
        out_of_time = True
    if writing:
        pending = KeyboardInterrupt
    else:
        raise KeyboardInterrupt


signal.signal(signal.SIGINT, interrupt)
signal.signal(signal.SIGPROF, interrupt)


def send(**frame):
    global writing, pending
    data = memoryview(json.dumps(frame).encode("ascii") + b"\n")
    is_main = threading.get_ident() == main_thread
    with lock:
        writing = is_main
        try:
            while data:
                data = data[os.write(frames, data) :]
        finally:
            writing = False
    if is_main and pending is not None:
        pending = None
        raise KeyboardInterrupt


class Stream(io.BufferedIOBase):
    """Bytes of a program as frames of whole characters, at once."""

    def __init__(self, kind):
        self.kind = kind
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self):
        return True

    def write(self, data):
        self.tell_text(self.decoder.decode(bytes(data)))
        return len(data)

    def finish(self):
        self.tell_text(self.decoder.decode(b"", True))
        self.decoder.reset()

    def tell_text(self, text):
        if text:
            send(type=self.kind, text=text)


streams = {kind: Stream(kind) for kind in ("stdout", "stderr")}
for kind, stream in streams.items():
    setattr(sys, kind, io.TextIOWrapper(stream, "utf-8", write_through=True))

# remote.md 9.
OPEN_CALLS = 16
ARGUMENT_BYTES = 2**20
DEPTH = 64


class ToolError(Exception):
    """A tool of the host failed, or the call was refused."""


class Call:
    """A call of a host tool. It is answered by the thread that reads commands."""

    def __init__(self, name, arguments):
        global calls_left
        if is_bounded:
            check_arguments(name, arguments)
        else:
            arguments = json.loads(json.dumps(arguments, default=str).replace("NaN", "null"))
        if is_bounded and len(open_calls) >= OPEN_CALLS:
            raise ToolError(f"{OPEN_CALLS} tool calls are open already")
        if calls_left <= 0:
            raise ToolError("the program has called tools as often as it may")
        calls_left -= 1
        self.id = str(next(call_numbers))
        self.answer = None
        self.is_done = threading.Event()
        self.listener = None
        open_calls[self.id] = self
        send(type="call", call={"id": self.id, "name": name, "arguments": arguments})

    def deliver(self, answer):
        self.answer = answer
        self.is_done.set()
        if self.listener is not None:
            self.listener()

    def result(self):
        if "error" in self.answer:
            raise ToolError(self.answer["error"])
        return self.answer.get("value")


class waiting:
    """The program only waits for tools: its clock stands still."""

    def __enter__(self):
        send(type="waiting", isWaiting=True)

    def __exit__(self, *_error):
        send(type="waiting", isWaiting=False)


class Tools:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def call(**arguments):
            started = Call(name, arguments)
            with waiting():
                # Not without end: an interrupt may reach another thread of the program, which does not wake this one.
                while not started.is_done.wait(0.05):
                    pass
            return started.result()

        return call


class AwaitableTools:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)

        def call(**arguments):
            import asyncio

            future = asyncio.get_running_loop().create_future()
            started = Call(name, arguments)

            def settle():
                if future.done():
                    return
                try:
                    future.set_result(started.result())
                except ToolError as error:
                    future.set_exception(error)

            started.listener = lambda: future.get_loop().call_soon_threadsafe(settle)
            if started.is_done.is_set():
                started.listener()
            return future

        return call


def check_arguments(name, arguments):
    if is_deeper(arguments, DEPTH):
        raise ToolError(f"the arguments of {name} are nested deeper than {DEPTH} levels")
    try:
        size = len(json.dumps(arguments, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise ToolError(f"the arguments of {name} are no JSON: {error}") from None
    if size > ARGUMENT_BYTES:
        raise ToolError(f"the arguments of {name} have {size} bytes, the limit is {ARGUMENT_BYTES}")


def is_deeper(value, levels):
    if not isinstance(value, (dict, list, tuple)):
        return False
    if levels == 0:
        return True
    return any(is_deeper(member, levels - 1) for member in (value.values() if isinstance(value, dict) else value))


open_calls = {}
call_numbers = itertools.count(1)
calls_left = 0
builtins.tools = Tools()
builtins.tools.aio = AwaitableTools()
builtins.ToolError = ToolError


class Selector(selectors.DefaultSelector):
    """While a loop of events sleeps and calls are open, the program waits for tools."""

    def select(self, timeout=None):
        if not open_calls or (timeout is not None and timeout <= 0):
            return super().select(timeout)
        with waiting():
            return super().select(timeout)


event_loop = None


def run_coroutine(coroutine):
    global event_loop
    import asyncio

    if event_loop is None:
        event_loop = asyncio.SelectorEventLoop(Selector())
        asyncio.set_event_loop(event_loop)
    try:
        return event_loop.run_until_complete(coroutine)
    except KeyboardInterrupt:
        for task in asyncio.all_tasks(event_loop):
            task.cancel()
        raise


main = types.ModuleType("__main__")
sys.modules["__main__"] = main
programs = 0


def run(code, cpu_ms, tool_calls):
    global programs, running, out_of_time, pending, calls_left
    calls_left = tool_calls
    programs += 1
    filename = f"<program {programs}>"
    linecache.cache[filename] = (len(code), None, [line + "\n" for line in code.split("\n")], filename)
    before = fingerprints()
    answer = {"reason": "completed"}
    send(type="started")
    cpu = time.process_time()
    out_of_time = False
    pending = None
    try:
        try:
            body, last = parse(code, filename)
        except (SyntaxError, ValueError) as error:
            answer = syntax_error(error)
        else:
            if cpu_ms is not None:
                signal.setitimer(signal.ITIMER_PROF, cpu_ms / 1000)
            try:
                running = True
                value = evaluate(body, last)
            finally:
                running = False
            if value is not None:
                answer["value"] = {"data": {"text/plain": value}}
    except SystemExit as error:
        answer = exit_of(error.code)
    except BaseException as error:
        answer = {"reason": "exception", "error": describe(error, filename)}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if out_of_time:
        answer = {"reason": "deadline"}
    open_calls.clear()
    for stream in streams.values():
        stream.finish()
    for change in changes(before, fingerprints()):
        send(type="file", file=change)
    answer["usage"] = {"cpuMs": (time.process_time() - cpu) * 1000}
    return answer


def parse(code, filename):
    tree = compile(code, filename, "exec", ast.PyCF_ONLY_AST | AWAIT, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), filename, "eval", AWAIT, dont_inherit=True)
    return compile(tree, filename, "exec", AWAIT, dont_inherit=True), last


AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def evaluate(body, last):
    codes = [body] if last is None else [body, last]
    if any(code.co_flags & inspect.CO_COROUTINE for code in codes):
        value = run_coroutine(evaluate_awaiting(codes))
    else:
        for code in codes:
            value = eval(code, main.__dict__)
    return None if value is None else repr(value)


async def evaluate_awaiting(codes):
    for code in codes:
        value = eval(code, main.__dict__)
        if code.co_flags & inspect.CO_COROUTINE:
            value = await value
    return value


def syntax_error(error):
    name = type(error).__name__
    line = getattr(error, "lineno", None)
    told = {"name": name, "value": text_of(error), "traceback": "".join(traceback.format_exception_only(error))}
    return {"reason": "syntax_error", "error": told if line is None else {**told, "line": line}}


def exit_of(code):
    if code is None or isinstance(code, int):
        return {"reason": "exit", "exitCode": int(code or 0) & 255}
    print(code, file=sys.stderr)
    return {"reason": "exit", "exitCode": 1}


def describe(error, filename):
    told = traceback.TracebackException.from_exception(error)
    remove_own_frames(told, set())
    described = {"name": type(error).__name__, "value": text_of(error), "traceback": "".join(told.format())}
    # Of a SyntaxError that eval() raised, the traceback is the program's too.
    lines = [frame.lineno for frame in told.stack if frame.filename.startswith("<program ")]
    if lines:
        described["line"] = lines[-1]
    if isinstance(error, ImportError) and error.name and isinstance(error, ModuleNotFoundError):
        described["missingModule"] = error.name
    return described


def remove_own_frames(told, seen):
    if told is None or id(told) in seen:
        return
    seen.add(id(told))
    first = next((at for at, frame in enumerate(told.stack) if frame.filename.startswith("<program ")), 0)
    told.stack[:] = [frame for frame in told.stack[first:] if frame.filename != __file__]
    remove_own_frames(told.__cause__, seen)
    remove_own_frames(told.__context__, seen)


def text_of(error):
    try:
        return str(error)
    except BaseException:
        return "<exception str() failed>"


home = os.getcwd()


def regular_files():
    for folder, _folders, names in os.walk(home):
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode):
                yield os.path.relpath(path, home), path, status.st_size


def fingerprints():
    found = {}
    for path, place, size in regular_files():
        with open(place, "rb") as file:
            found[path] = (hashlib.sha256(file.read()).hexdigest(), size)
    return found


def changes(before, after):
    for path, (digest, size) in after.items():
        if path not in before:
            yield {"path": path, "change": "created", "size": size, "sha256": digest}
        elif before[path][0] != digest:
            yield {"path": path, "change": "modified", "size": size, "sha256": digest}
    for path in before:
        if path not in after:
            yield {"path": path, "change": "deleted", "size": 0}


def put(paths, content):
    for path in paths:
        place = os.path.join(home, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(base64.b64decode(content))


def read(path):
    for known, place, _size in regular_files():
        if known == os.path.normpath(path):
            with open(place, "rb") as file:
                return base64.b64encode(file.read()).decode("ascii")
    return None


def remove(path):
    try:
        os.remove(os.path.join(home, path))
    except (FileNotFoundError, NotADirectoryError):
        pass


def answer(call, answer):
    """The host's answer; one that nobody waits for any more is dropped."""
    called = open_calls.pop(call, None)
    if called is not None:
        called.deliver(answer)


OPERATIONS = {
    "run": run,
    "put": put,
    "read": read,
    "remove": remove,
    "list": lambda: [{"path": path, "size": size} for path, _place, size in regular_files()],
    "answer": answer,
}


def serve(command):
    try:
        send(type="answer", id=command["id"], answer=OPERATIONS[command["operation"]](*command["arguments"]))
    except Exception as error:
        send(type="failure", id=command["id"], message=f"{type(error).__name__}: {error}")


programs_to_run = queue.SimpleQueue()


def read_commands():
    """Serves files and answers while a program runs. Interrupts are for the thread of the program."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGPROF})
    for line in commands:
        command = json.loads(line)
        if command["operation"] == "run":
            programs_to_run.put(command)
        else:
            serve(command)
    os._exit(0)


memory = int(sys.argv[1])
is_bounded = sys.argv[2] == "bounded"
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
_thread.start_new_thread(read_commands, ())
while True:
    serve(programs_to_run.get())
