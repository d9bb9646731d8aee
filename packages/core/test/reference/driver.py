"""Runs programs for the reference executor of the contract's own tests: JSON lines in on stdin, JSON lines out on stdout."""

import ast
import base64
import codecs
import hashlib
import io
import json
import linecache
import os
import resource
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
    with lock:
        writing = True
        try:
            while data:
                data = data[os.write(frames, data) :]
        finally:
            writing = False
    if pending is not None:
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

main = types.ModuleType("__main__")
sys.modules["__main__"] = main
programs = 0


def run(code, cpu_ms):
    global programs, running, out_of_time, pending
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
    for stream in streams.values():
        stream.finish()
    for change in changes(before, fingerprints()):
        send(type="file", file=change)
    answer["usage"] = {"cpuMs": (time.process_time() - cpu) * 1000}
    return answer


def parse(code, filename):
    tree = compile(code, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = compile(ast.Expression(tree.body.pop().value), filename, "eval", dont_inherit=True)
    return compile(tree, filename, "exec", dont_inherit=True), last


def evaluate(body, last):
    exec(body, main.__dict__)
    value = None if last is None else eval(last, main.__dict__)
    return None if value is None else repr(value)


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
    told.stack[:] = [frame for frame in told.stack if frame.filename != __file__]
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


OPERATIONS = {
    "run": run,
    "put": put,
    "read": read,
    "remove": remove,
    "list": lambda: [{"path": path, "size": size} for path, _place, size in regular_files()],
}

memory = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
for line in commands:
    command = json.loads(line)
    try:
        send(type="answer", id=command["id"], answer=OPERATIONS[command["operation"]](*command["arguments"]))
    except Exception as error:
        send(type="failure", id=command["id"], message=f"{type(error).__name__}: {error}")
