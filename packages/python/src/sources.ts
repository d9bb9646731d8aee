// Written by build.ts from src/runtime; not to be changed by hand.

/** The Python files of the runtime, by name. */
export const SOURCES: Readonly<Record<string, string>> = {
  child: `"""The interpreter as its supervisor sees it: a process of its own, forked before any program came, so that a fresh one is there at once."""
import os
import signal
import socket
import traceback

from _interloop import interpreter, system
from _interloop.frames import FrameReader, json_frame
from _interloop.pipes import OutgoingPipe, read_all, waiting_bytes
from _interloop.processor_time import ProcessorTime, kill_other_processes

FIRST_DESCRIPTOR = 3
MOST_DESCRIPTORS = 1024


class Child:
    """\`is_alone\`: nobody but what it starts may get a signal from it."""

    def __init__(self, is_alone):
        self._channel, channel = socket.socketpair()
        self._answers, answers = socket.socketpair()
        stdout_read, stdout = os.pipe()
        stderr_read, stderr = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            become_interpreter(parent, is_alone, channel, answers, stdout, stderr)
        for end in (channel, answers):
            end.close()
        for descriptor in (stdout, stderr):
            os.close(descriptor)
        # What other processes of a program write, and libraries in C. By the names of the streams.
        self.open_pipes = {'stdout': stdout_read, 'stderr': stderr_read}
        for descriptor in self.open_pipes.values():
            os.set_blocking(descriptor, False)
        self.channel = OutgoingPipe(self._channel.fileno())
        self.answers = OutgoingPipe(self._answers.fileno())
        self.frames = FrameReader()
        # Whether it has said that it can take programs.
        self.is_ready = False
        self._is_alone = is_alone
        self._processor_time = ProcessorTime(self.pid, is_alone)
        # Status and usage, once it has ended.
        self.end = None
        self.is_closed = False

    def send(self, message):
        self.channel.write(json_frame(message))

    def answer(self, message):
        self.answers.write(json_frame(message))

    def interrupt(self):
        if self.end is None:
            os.kill(self.pid, signal.SIGINT)

    def kill(self):
        if self.end is None:
            os.kill(self.pid, signal.SIGKILL)

    def cpu(self):
        """Seconds of this interpreter and what it starts, so far; None where the system does not tell."""
        return self._processor_time.seconds()

    def kill_other_processes(self):
        """Those that programs have started, where they can be told from those of others."""
        if self._is_alone:
            kill_other_processes(self.pid)

    def waiting_bytes(self):
        """How much there is to \`receive\` now."""
        return 0 if self.is_closed else waiting_bytes(self.channel.descriptor)

    def receive(self, most):
        """What the interpreter has told; nothing that came later than \`waiting_bytes\` was asked."""
        if self.is_closed:
            return b''
        received, self.is_closed = read_all(self.channel.descriptor, most) if most else (b'', self._is_at_end())
        return received

    def _is_at_end(self):
        try:
            return not self._channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def read_pipes(self):
        """What is there now, as pairs of stream and bytes; a pipe that nobody can write any more is closed."""
        found = []
        for name, descriptor in list(self.open_pipes.items()):
            received, is_closed = read_all(descriptor)
            if received:
                found.append((name, received))
            if is_closed:
                os.close(self.open_pipes.pop(name))
        return found

    def close(self):
        self._channel.close()
        self._answers.close()
        for descriptor in self.open_pipes.values():
            os.close(descriptor)


def become_interpreter(parent, is_alone, channel, answers, stdout, stderr):
    """Never returns."""
    complaints = os.dup(2)
    try:
        os.setsid()
        system.tie_to_parent(parent)
        if is_alone:
            system.forbid_signals_to_others()
        system.forbid_core_files()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        nothing, end = os.pipe()  # an end of input also where there is no /dev/null
        os.close(end)
        for source, target in ((nothing, 0), (stdout, 1), (stderr, 2)):
            os.dup2(source, target)
        kept = {channel.fileno(), answers.fileno(), complaints}
        for descriptor in range(FIRST_DESCRIPTOR, MOST_DESCRIPTORS):
            if descriptor not in kept:
                try:
                    os.close(descriptor)
                except OSError:
                    pass
        interpreter.serve(channel, answers)
    except BaseException:
        # Not a program's doing: those are caught. It stands in the error that says that Python did not start.
        os.write(complaints, traceback.format_exc().encode())
    finally:
        os._exit(1)
`,
  claims: `"""What an interpreter tells, a program can tell too: it is checked before its supervisor passes it on. Raises ValueError for what its runtime never sends."""

REASONS = ('completed', 'exception', 'syntax_error', 'exit', 'memory')
ERROR_TEXTS = {'name', 'value', 'traceback', 'missingModule'}


def checked_end(ran):
    """What became of a program, as \`Runtime.execute\` returns it."""
    demand(isinstance(ran, dict) and ran.get('reason') in REASONS)
    demand(ran.keys() <= {'reason', 'value', 'error', 'exitCode', 'dropped'})
    if 'value' in ran:
        checked_display(ran['value'])
    if 'error' in ran:
        checked_error(ran['error'])
    demand(is_number(ran.get('exitCode', 0)))
    dropped = ran.get('dropped', {})
    demand(isinstance(dropped, dict) and dropped.keys() <= {'displays'} and is_number(dropped.get('displays', 0)))
    return ran


def checked_display(display):
    demand(isinstance(display, dict) and display.keys() <= {'data', 'metadata'} and is_texts(display.get('data')))
    demand(isinstance(display.get('metadata', {}), dict))
    return display


def checked_error(error):
    demand(isinstance(error, dict) and error.keys() >= {'name', 'value', 'traceback'})
    demand(is_texts({key: text for key, text in error.items() if key != 'line'}) and error.keys() <= {*ERROR_TEXTS, 'line'})
    demand(is_number(error.get('line', 1)))


def is_texts(texts):
    return isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())


def is_number(number):
    return isinstance(number, int) and not isinstance(number, bool)


def demand(holds):
    if not holds:
        raise ValueError('no message of the runtime')
`,
  clock: `"""The own time of a program: it stands still while the host has calls open and the program only waits for them."""
import time


class ProgramClock:
    """Seconds. \`cpu()\` is the processor time of the interpreter so far, None where it is not known."""

    def __init__(self, cpu):
        self._cpu = cpu
        self._begin = time.monotonic()
        self._cpu_begin = cpu()
        self._open_calls = 0
        self._is_waiting = False
        self._waited = 0.0
        self._waits_since = None

    def count_call(self, change):
        self._open_calls += change
        self._look()

    def set_waiting(self, is_waiting):
        self._is_waiting = is_waiting
        self._look()

    @property
    def is_still(self):
        return self._waits_since is not None

    def cpu(self):
        now = self._cpu()
        return None if now is None or self._cpu_begin is None else max(0.0, now - self._cpu_begin)

    def elapsed(self):
        return time.monotonic() - self._begin

    def waited(self):
        return self._waited + (time.monotonic() - self._waits_since if self.is_still else 0.0)

    def own(self):
        """Never less than the processor time: a program that only says that it waits is not believed."""
        elapsed, waited = self.elapsed(), self.waited()
        return elapsed if waited == 0 else min(elapsed, max(elapsed - waited, self.cpu() or 0.0))

    def _look(self):
        waits = self._open_calls > 0 and self._is_waiting
        if waits and self._waits_since is None:
            self._waits_since = time.monotonic()
        elif not waits and self._waits_since is not None:
            self._waited += time.monotonic() - self._waits_since
            self._waits_since = None
`,
  console: `"""The streams of a program, and the answer to one that asks for input."""
import io


class Stream(io.RawIOBase):
    """Sends what is written on, without a buffer of its own: an interrupt can then neither lose nor double a text."""

    def __init__(self, send, descriptor):
        self._send = send
        self._descriptor = descriptor

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def write(self, data):
        content = bytes(data)
        if content:
            self._send(content)
        return len(content)


def text_stream(send, descriptor, errors):
    """A text stream over \`send\`, which gets bytes of whole lines, or what was flushed."""
    stream = io.TextIOWrapper(Stream(send, descriptor), encoding='utf-8', errors=errors, line_buffering=True)
    stream.mode = 'w'
    return stream


def read_input(prompt='', /):
    """Takes the place of \`input\`."""
    raise EOFError('input() has nobody to ask: a program here has no standard input; write the values into the code')
`,
  displays: `"""How an object is shown: as a Jupyter MIME bundle of what it knows of itself."""
import base64
import json
import sys

TEXT_CHARACTERS = 200_000

MIME_TYPES = {
    '_repr_html_': 'text/html',
    '_repr_markdown_': 'text/markdown',
    '_repr_svg_': 'image/svg+xml',
    '_repr_png_': 'image/png',
    '_repr_jpeg_': 'image/jpeg',
    '_repr_latex_': 'text/latex',
    '_repr_json_': 'application/json',
}


class Displays:
    """Tells displays, in order with what was printed, and counts what goes beyond \`limits.displayBytes\`."""

    def __init__(self, tell):
        self._tell = tell
        self.begin()

    def begin(self, limit=None):
        self._left = limit
        self.dropped = 0

    def display(self, *objects):
        """Shows objects as rich output."""
        for item in objects:
            self.show(bundle(item))

    def show(self, data):
        sys.stdout.flush()
        size = sum(len(content) for content in data.values())
        # Counted here: what nobody keeps does not have to travel.
        if self._left is not None and size > self._left:
            self.dropped += 1
            return
        if self._left is not None:
            self._left -= size
        self._tell({'type': 'display', 'display': {'data': data}})


def bundle(item):
    """What an object says of itself, by MIME type; binary content as base64."""
    data = {}
    for method, mime_type in {'_repr_mimebundle_': None, **MIME_TYPES}.items():
        try:
            content = getattr(type(item), method)(item)
            if isinstance(content, tuple):
                content = content[0]  # the second is metadata
            if content is not None:
                found = content if mime_type is None else {mime_type: content}
                data = {**found, **data}
        except Exception:  # most objects have none of these methods
            continue
    if 'text/plain' not in data:
        data['text/plain'] = text_repr(item)
    limits = {'text/plain': TEXT_CHARACTERS}
    return {str(mime_type): text_of(content)[: limits.get(mime_type)] for mime_type, content in data.items()}


def text_repr(item):
    try:
        return repr(item)
    except Exception as error:
        return f'<{type(item).__name__} whose repr raised {type(error).__name__}>'


def text_of(content):
    if isinstance(content, (bytes, bytearray, memoryview)):
        return base64.b64encode(content).decode()
    return content if isinstance(content, str) else json.dumps(content, default=repr)
`,
  event_loop: `"""The event loop of a session: programs await at top level, and what they started goes on in the next one."""
import os
import sys
import threading
import warnings

from _interloop.tracebacks import is_program

DEADLOCK = 'deadlock: the event loop has nothing left to wait for'


class EventLoops:
    """\`tools\` tells whether calls are open, and is told while a loop only waits; \`own_threads()\` counts threads that are not the program's."""

    def __init__(self, tools, own_threads):
        self._tools = tools
        self._own_threads = own_threads
        self._loop = None
        self.patches = {'asyncio.selector_events': self._patch}

    def begin(self):
        """\`asyncio.run\` takes the loop of its thread away; the next program finds it again."""
        self._stop_forsaken_loop()
        if self._loop is not None:
            self._session_loop()

    def _stop_forsaken_loop(self):
        """None runs between programs; an interrupt that came while one began or ended has left it so."""
        events = sys.modules.get('asyncio.events')
        if events is None:
            return
        events._set_running_loop(None)
        if self._loop is not None and self._loop.is_running():
            self._loop._thread_id = None
            self._loop._stopping = False

    def run(self, coroutine):
        loop = self._session_loop()
        task = None
        try:
            task = loop.create_task(coroutine)
            return loop.run_until_complete(task)
        except BaseException as error:
            if task is None:
                coroutine.close()
            elif not task.done():  # an interrupt, or a deadlock: it was the loop that ended, not the program
                self._stop_forsaken_loop()
                error.__traceback__ = cancelled_at(loop, task) or error.__traceback__
            raise

    def _session_loop(self):
        import asyncio

        if self._loop is None:
            with warnings.catch_warnings():
                warnings.simplefilter('ignore', DeprecationWarning)
                try:
                    self._loop = asyncio.get_event_loop()  # a program without \`await\` may have started tasks
                except RuntimeError:
                    pass
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        return self._loop

    def _patch(self, module):
        initialize = module.BaseSelectorEventLoop.__init__

        def initialize_and_watch(loop, *arguments, **options):
            initialize(loop, *arguments, **options)
            self.watch(loop)

        module.BaseSelectorEventLoop.__init__ = initialize_and_watch

    def watch(self, loop):
        """Time in which a loop has nothing to do but to wait for tools is theirs."""
        select = loop._selector.select

        def watched_select(timeout=None):
            if timeout is not None and timeout <= 0:
                return select(timeout)
            if self._tools.open_calls:
                with self._tools.waiting():
                    return select(timeout)
            if timeout is None and is_forsaken(loop, self._own_threads()):
                raise RuntimeError(DEADLOCK)
            return select(timeout)

        loop._selector.select = watched_select


def cancelled_at(loop, task):
    """Ends a program that must not go on when the next one waits; the traceback of the line that it waited in, where that is known."""
    import asyncio

    task.cancel()
    loop.run_until_complete(asyncio.wait([task], timeout=0))
    if not task.cancelled():
        return None
    try:
        task.result()
    except asyncio.CancelledError as cancelled:
        traceback = cancelled.__traceback__
    place = last = traceback
    while last is not None:
        if is_program(last.tb_frame.f_code.co_filename):
            place = last
        last = last.tb_next
    place.tb_next = None  # what it called has not ended it
    return traceback


def is_forsaken(loop, own_threads):
    """Nothing can wake it: no timer, no descriptor but its own, no signal handler, and no other thread."""
    if len(loop._selector.get_map()) > 1 or getattr(loop, '_signal_handlers', None):
        return False
    if threading.active_count() > 1:
        return False
    try:
        return len(os.listdir('/proc/self/task')) == 1 + own_threads  # threads that Python does not know may call back too
    except OSError:
        return True
`,
  execution: `"""One program as its supervisor sees it: what it told, its limits, and the ladder that stops it."""
import json
import math
import os
import signal
import time

from _interloop import system
from _interloop.claims import checked_display, checked_end, demand, is_texts
from _interloop.clock import ProgramClock
from _interloop.outputs import Outputs
from _interloop.tools import CALLS, OPEN_CALLS

# The ladder: an interrupt at once, a second one, and the end of the interpreter. Seconds.
SECOND_INTERRUPT = 0.5
KILL = 1.0
# How often a limit is looked at whose time cannot be foretold. Seconds.
LOOK = 0.05


class Execution:
    def __init__(self, message, child, tell):
        self.number = message['number']
        self._limits = message['limits']
        self._child = child
        self._tell = tell
        self._outputs = Outputs(self._limits['outputBytes'], tell)
        self._open_calls = set()
        self._reason = None
        self._has_begun = False
        self._is_stopped = False
        self._stops_since = None
        self._steps = []
        system.limit_memory(child.pid, self._limits['memoryBytes'])
        system.forget_peak_memory(child.pid)
        self._clock = ProgramClock(child.cpu)
        limits = {'displayBytes': self._limits['displayBytes'], 'toolCalls': self._limits.get('toolCalls', CALLS)}
        child.send({'code': message['code'], 'number': self.number, **limits})

    def write(self, name, source, content):
        self._outputs.add(name, source, content)
        if self._outputs.bytes > self._limits['outputHardBytes']:
            self.stop('output_limit')

    def hear(self, content):
        """What became of the program, where the message says that it ended."""
        message = json.loads(content)
        kind = message['type']
        if kind == 'display':
            self._outputs.flush()
            self._tell({'type': 'display', 'display': checked_display(message['display'])})
        elif kind == 'call':
            call = {key: message[key] for key in ('id', 'name', 'arguments')}
            demand(is_texts(call) and len(self._open_calls) < OPEN_CALLS)
            self._open_calls.add(call['id'])
            self._clock.count_call(1)
            self._outputs.flush()
            self._tell({'type': 'call', 'number': self.number, **call})
        elif kind == 'begun':
            self._has_begun = True
            if self._is_stopped:
                self._child.interrupt()
        elif kind == 'waiting':
            self._clock.set_waiting(bool(message['isWaiting']))
        elif kind == 'ended' and message['number'] == self.number:
            return checked_end(message['ran'])
        return None

    def answer(self, message):
        if message['id'] not in self._open_calls:
            return
        self._open_calls.discard(message['id'])
        self._clock.count_call(-1)
        self._child.answer({key: message[key] for key in ('id', 'value', 'error') if key in message})

    def flush(self):
        self._outputs.flush()

    def stop(self, reason):
        """\`reason\` is None where the host wants it: it knows why."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self._reason = reason
        self._stops_since = time.monotonic()
        self._steps = [(SECOND_INTERRUPT, self._child.interrupt), (KILL, self._kill)]
        if reason is not None:
            self._outputs.flush()
            self._tell({'type': 'status', 'status': 'interrupting', 'detail': reason})
        if self._has_begun:
            self._child.interrupt()

    def look(self):
        if not self._is_stopped and self._left() <= 0:
            if self._processor_time_left() <= 0:
                self._child.kill_other_processes()  # an interrupt would leave them to go on
            self.stop('deadline')
        while self._is_stopped and self._steps and time.monotonic() - self._stops_since >= self._steps[0][0]:
            self._steps.pop(0)[1]()

    def patience(self):
        """Seconds until \`look\` has to be called."""
        if self._is_stopped:
            return max(0.0, self._stops_since + self._steps[0][0] - time.monotonic()) if self._steps else KILL
        left = max(0.0, self._left())
        if 'cpuMs' in self._limits or self._clock.is_still:
            return max(LOOK, min(left, LOOK))
        return left

    def crash(self, status):
        """What became of a program whose interpreter ended."""
        ran = {'reason': 'crashed', 'state': 'lost'}
        if not self._is_stopped:
            ran['warnings'] = [f'the interpreter ended {describe_status(status)}']
        return ran

    def finish(self, ran):
        dropped = {**ran.pop('dropped', {}), **self._outputs.finish()}
        wall = self._clock.own()
        usage = {'wallMs': wall * 1000, 'toolMs': self._clock.waited() * 1000, **self._measured()}
        if self._is_stopped:
            ran.pop('reason', None)
            ran.pop('value', None)
        if self._reason is not None:
            ran['reason'] = self._reason
        return {
            'type': 'ended',
            'number': self.number,
            'ran': {**ran, 'usage': usage, **({'dropped': dropped} if dropped else {})},
        }

    def _left(self):
        """Seconds that the program may still have."""
        return min(self._limits['wallMs'] / 1000 - self._clock.own(), self._processor_time_left())

    def _processor_time_left(self):
        if 'cpuMs' not in self._limits:
            return math.inf
        return self._limits['cpuMs'] / 1000 - (self._clock.cpu() or 0.0)

    def _kill(self):
        self._outputs.flush()
        self._tell({'type': 'status', 'status': 'killed'})
        self._child.kill()

    def _measured(self):
        if self._child.end is not None:
            usage = self._child.end[1]
            return {'peakMemoryBytes': usage.ru_maxrss * 1024}
        measured = {}
        cpu, peak = self._clock.cpu(), system.peak_memory_bytes(self._child.pid)
        if cpu is not None:
            measured['cpuMs'] = cpu * 1000
        if peak is not None:
            measured['peakMemoryBytes'] = peak
        return measured


def describe_status(status):
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f'with exit code {code}'
    try:
        return f'by signal {signal.Signals(-code).name}'
    except ValueError:
        return f'by signal {-code}'
`,
  figures: `"""Figures of matplotlib come back as displays: shown, saved, or left open at the end, each picture once."""
import io
import pathlib
import sys


class Figures:
    """\`show\` gets the bundle of a picture."""

    def __init__(self, show, text_of):
        self._show = show
        self._text_of = text_of
        self._shown = set()
        self.patches = {'matplotlib.figure': self._patch_figure, 'matplotlib.pyplot': self._patch_pyplot}

    def begin(self):
        self._shown.clear()

    def show_open(self):
        """Shows what is open and closes it, as a notebook does."""
        pyplot = sys.modules.get('matplotlib.pyplot')
        for number in pyplot.get_fignums() if hasattr(pyplot, 'get_fignums') else ():
            figure = pyplot.figure(number)
            if len(figure.get_children()) > 1:  # more than its background
                figure.show()
            pyplot.close(figure)

    def _patch_figure(self, module):
        save = module.Figure.savefig

        def savefig(figure, target, *arguments, **options):
            save(figure, target, *arguments, **options)
            show_figure(figure, target)

        def show_figure(figure, target=None):
            """Equal pictures of one figure are one display; a PNG file is shown as it was saved."""
            rendered = io.BytesIO()
            save(figure, rendered, format='png', bbox_inches='tight')
            picture = rendered.getvalue()
            if (id(figure), picture) not in self._shown:
                self._shown.add((id(figure), picture))
                if str(target).endswith('.png'):
                    picture = pathlib.Path(target).read_bytes()
                self._show({'image/png': self._text_of(picture), 'text/plain': repr(figure)})

        module.Figure.savefig = savefig
        module.Figure.show = lambda figure, warn=True: show_figure(figure)

    def _patch_pyplot(self, module):
        module.show = lambda *arguments, **options: self.show_open()
`,
  files: `"""
The working folder, by open descriptors: a program may put links, pipes and folders where a file is expected, and swap them
while they are looked at. Only regular files count, no link is ever followed (remote.md 9).
"""
import hashlib
import mimetypes
import os
import stat
import time

PIECE_BYTES = 2**20
FOLDER_DEPTH = 64
LISTED_FILES = 20_000
# Stamps of files have a grain: what was younger than this when it was looked at may have changed since without a trace.
YOUNG_SECONDS = 0.05

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MAKE_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """Serves the files of a session, and finds out what a program changed. What is larger than \`hashed_bytes\` is told without a hash."""

    def __init__(self, path, hashed_bytes=None):
        self._hashed_bytes = hashed_bytes
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._known = {}

    def put(self, path, content):
        """Replaces what stands there, a link too; what the host puts is no change of a program."""
        *folders, name = parts_of(path)
        parent = self._open_folder(folders, make=True)
        try:
            temporary = f'.{os.urandom(8).hex()}.part'
            file = os.open(temporary, MAKE_FILE, 0o644, dir_fd=parent)
            try:
                with open(file, 'wb', buffering=0) as stream:
                    write_whole(stream, content)
                os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                os.unlink(temporary, dir_fd=parent)
                raise
            self._look_at(parent, name, '/'.join([*folders, name]), self._known, self._known)
        finally:
            os.close(parent)

    def open(self, path):
        """A stream and its size. Raises \`FileNotFoundError\` where there is no regular file."""
        *folders, name = parts_of(path)
        parent = self._open_folder(folders)
        try:
            file = os.open(name, OPEN_FILE, dir_fd=parent)
        except OSError as error:
            raise FileNotFoundError(path) from error
        finally:
            os.close(parent)
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            os.close(file)
            raise FileNotFoundError(path)
        return open(file, 'rb', buffering=0), status.st_size

    def read(self, path):
        """The content in pieces. Raises \`FileNotFoundError\` where there is no regular file."""
        stream, left = self.open(path)
        with stream:
            while left > 0:
                piece = stream.read(min(left, PIECE_BYTES))
                if not piece:
                    return
                left -= len(piece)
                yield piece

    def remove(self, path):
        """What is not there, or no regular file, is left."""
        *folders, name = parts_of(path)
        try:
            parent = self._open_folder(folders)
        except FileNotFoundError:
            return
        try:
            if stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            pass
        finally:
            os.close(parent)
        self._known.pop('/'.join([*folders, name]), None)

    def list(self):
        found = []
        self._walk(lambda folder, name, path: found.append({'path': path, 'size': size_of(folder, name)}))
        return [file for file in found if file['size'] is not None]

    def changes(self):
        """Since the last call; without what the host put or removed."""
        before, now = self._known, {}
        self._walk(lambda folder, name, path: self._look_at(folder, name, path, before, now))
        self._known = now
        found = []
        for path, file in now.items():
            if path not in before or is_changed(before[path], file):
                found.append(
                    {
                        'path': path,
                        'change': 'modified' if path in before else 'created',
                        'size': file['stamp'][0],
                        **({} if file['sha256'] is None else {'sha256': file['sha256']}),
                        **mime_type_of(path),
                    }
                )
        return found + [{'path': path, 'change': 'deleted', 'size': 0} for path in before if path not in now]

    def close(self):
        os.close(self._root)

    def _open_folder(self, folders, make=False):
        opened = os.dup(self._root)
        for name in folders:
            try:
                if make:
                    try:
                        os.mkdir(name, 0o755, dir_fd=opened)
                    except FileExistsError:
                        pass
                inner = os.open(name, OPEN_FOLDER, dir_fd=opened)
            except OSError as error:
                if make:
                    raise
                raise FileNotFoundError('/'.join(folders)) from error
            finally:
                os.close(opened)
            opened = inner
        return opened

    def _walk(self, visit):
        """Calls with folder, name and path of each file that seems regular; what vanishes meanwhile is passed over."""
        left = LISTED_FILES
        waiting = [[]]
        while waiting and left > 0:
            folders = waiting.pop()
            try:
                opened = self._open_folder(folders)
            except OSError:
                continue
            try:
                inner = []
                with os.scandir(opened) as entries:
                    for entry in sorted(entries, key=lambda entry: entry.name):
                        if not is_told(entry.name) or left <= 0:
                            continue
                        if entry.is_dir(follow_symlinks=False) and len(folders) < FOLDER_DEPTH:
                            inner.append([*folders, entry.name])
                        elif entry.is_file(follow_symlinks=False):
                            left -= 1
                            visit(opened, entry.name, '/'.join([*folders, entry.name]))
                waiting.extend(reversed(inner))
            except OSError:
                continue
            finally:
                os.close(opened)

    def _look_at(self, folder, name, path, before, now):
        try:
            file = os.open(name, OPEN_FILE, dir_fd=folder)
        except OSError:
            return
        with open(file, 'rb', buffering=0) as stream:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                return
            stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            known = before.get(path)
            if known and known['stamp'] == stamp and known['seen'] > max(status.st_mtime, status.st_ctime) + YOUNG_SECONDS:
                now[path] = known
                return
            seen = time.time()
            is_hashed = self._hashed_bytes is None or status.st_size <= self._hashed_bytes
            now[path] = {'stamp': stamp, 'seen': seen, 'sha256': sha256_of(stream, status.st_size) if is_hashed else None}


def parts_of(path):
    parts = [part for part in path.split('/') if part not in ('', '.')]
    if not parts or '..' in parts or path.startswith('/') or '\\0' in path:
        raise ValueError(f'{path!r} is no path in the working folder')
    return parts


def write_whole(stream, content):
    view = memoryview(content)
    while view:
        view = view[stream.write(view) :]


def is_changed(before, now):
    """Without a hash only the stamps tell."""
    return before['sha256'] != now['sha256'] or (now['sha256'] is None and before['stamp'] != now['stamp'])


def sha256_of(stream, size):
    """Of as much as was there when it was opened: a file that grows has no end."""
    digest = hashlib.sha256()
    while size > 0:
        piece = stream.read(min(size, PIECE_BYTES))
        if not piece:
            break
        size -= len(piece)
        digest.update(piece)
    return digest.hexdigest()


def size_of(folder, name):
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def is_told(name):
    """Names are told as text; one that is none cannot be asked for either."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def mime_type_of(path):
    guessed = mimetypes.guess_type(path)[0]
    return {'mimeType': guessed} if guessed else {}
`,
  frames: `"""Frames between supervisor and interpreter: four bytes of length, one of kind, then the content."""
import json
import struct

HEADER = struct.Struct('>Ic')
JSON, STDOUT, STDERR = b'j', b'1', b'2'
# A frame that says it is longer is none of ours.
FRAME_BYTES = 2**28


def frame(kind, content):
    return HEADER.pack(len(content), kind) + content


def json_frame(message):
    return frame(JSON, json.dumps(message).encode())


class FrameReader:
    """Takes bytes as they come and gives whole frames, as pairs of kind and content."""

    def __init__(self):
        self._bytes = bytearray()

    def feed(self, received):
        self._bytes += received
        start = 0
        while len(self._bytes) - start >= HEADER.size:
            length, kind = HEADER.unpack_from(self._bytes, start)
            if length > FRAME_BYTES:
                raise ValueError(f'a frame of {length} bytes')
            end = start + HEADER.size + length
            if len(self._bytes) < end:
                break
            yield kind, bytes(self._bytes[start + HEADER.size : end])
            start = end
        del self._bytes[:start]
`,
  interpreter: `"""The process of one interpreter: serves its supervisor, one program after the other, over two sockets."""
import _thread
import fcntl
import json
import os
import signal
import sys
import termios
import threading
import time
from os import write  # a program is given another \`os.write\` (processes.py)

from _interloop.console import text_stream
from _interloop.frames import JSON, STDERR, STDOUT, FrameReader, frame
from _interloop.interrupts import Interrupts
from _interloop.runtime import Runtime

SETTLE_SECONDS = 1.0


def serve(channel, answers):
    """\`channel\`: programs come, what they tell goes. \`answers\`: those to calls of tools. Never returns."""
    interrupts = Interrupts()
    transport = PipeTransport(channel, answers, interrupts)
    sys.stdin = sys.__stdin__ = open(0, encoding='utf-8', closefd=False)
    sys.stdout = sys.__stdout__ = text_stream(lambda content: transport.send(STDOUT, content), 1, 'surrogateescape')
    sys.stderr = sys.__stderr__ = text_stream(lambda content: transport.send(STDERR, content), 2, 'backslashreplace')
    sys.argv = ['']
    sys.path.insert(0, '')
    runtime = Runtime(transport)
    transport.deliver = runtime.tools.deliver
    reader = FrameReader()
    transport.tell({'type': 'ready'})
    while True:
        received = channel.recv(2**16)
        if not received:
            os._exit(0)
        for _, content in reader.feed(received):
            request = json.loads(content)
            interrupts.install()
            ran = runtime.execute(request['code'], request['number'], request['displayBytes'], request['toolCalls'])
            interrupts.install()
            transport.tell({'type': 'ended', 'number': request['number'], 'ran': ran})


class PipeTransport:
    """What \`Runtime\` needs, over the sockets of a supervisor."""

    def __init__(self, channel, answers, interrupts):
        self._channel = channel
        self._answers = answers
        self._interrupts = interrupts
        self._lock = threading.Lock()
        self._main = threading.get_ident()
        self._is_forked = False
        self.own_threads = 0
        self.deliver = None
        self.end = interrupts.end
        os.register_at_fork(after_in_child=self._leave)

    def begin(self):
        """Only from now on an interrupt is one of this program, so its supervisor waits for that."""
        self._interrupts.begin()
        self.tell({'type': 'begun'})

    def tell(self, message):
        if not self._is_forked:
            self.send(JSON, json.dumps(message).encode())

    def send(self, kind, content):
        """A frame is sent whole or not at all, whatever interrupts."""
        if self._is_forked:
            write(1 if kind == STDOUT else 2, content)
            return
        is_main = threading.get_ident() == self._main
        if is_main:
            self._interrupts.hold()
        try:
            with self._lock:
                self._channel.sendall(frame(kind, content))
        except OSError:
            os._exit(1)  # without a supervisor there is nobody to run for
        finally:
            if is_main:
                self._interrupts.release()

    def settle(self):
        """What another process writes takes another way: it must not overtake what was sent before."""
        give_up = time.monotonic() + SETTLE_SECONDS
        while not self._is_forked and self._unread_bytes() and time.monotonic() < give_up:
            time.sleep(0.0005)

    def _unread_bytes(self):
        try:
            return int.from_bytes(fcntl.ioctl(self._channel, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
        except OSError:
            return 0

    def call(self, identity, name, arguments):
        if self._is_forked:
            raise RuntimeError('tools can be called by the process of the program alone, not by one that it forked')
        if self.own_threads == 0:
            self.own_threads = 1
            _thread.start_new_thread(self._read_answers, ())
        self.tell({'type': 'call', 'id': identity, 'name': name, 'arguments': arguments})

    def wait(self, call):
        call.is_done.wait()

    def _read_answers(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # an interrupt has to reach the thread that waits
        reader = FrameReader()
        while received := self._answers.recv(2**16):
            for _, content in reader.feed(received):
                answer = json.loads(content)
                self.deliver(answer['id'], answer.get('value'), answer.get('error'))

    def _leave(self):
        """A child that a program forked has the descriptors of the program, and nothing to say to its supervisor."""
        self._is_forked = True
        self._channel.close()
        self._answers.close()
`,
  interrupts: `"""An interrupt belongs to a program, and to nobody else."""
import signal


class Interrupts:
    """Makes a KeyboardInterrupt of SIGINT while a program runs, but never in the middle of a frame."""

    def __init__(self):
        self._is_running = False
        self._held = 0
        self._is_pending = False

    def install(self):
        """Again for each program: one may have put a handler of its own."""
        signal.signal(signal.SIGINT, self._handle)

    def begin(self):
        self._is_pending = False
        self._is_running = True

    def end(self):
        self._is_running = False

    def hold(self):
        self._held += 1

    def release(self):
        self._held -= 1
        if self._is_pending and self._held == 0:
            self._is_pending = False
            if self._is_running:
                raise KeyboardInterrupt

    def _handle(self, number, interrupted):
        if not self._is_running:
            return
        if self._held > 0:
            self._is_pending = True
            return
        raise KeyboardInterrupt
`,
  loader: `"""Makes these files importable as \`_interloop\`, from text: no file of ours has to be where a program runs."""
import importlib.abc
import importlib.machinery
import sys

PACKAGE = '_interloop'


class SourceFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, sources):
        self._sources = sources

    def find_spec(self, name, path=None, target=None):
        if name == PACKAGE:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.startswith(f'{PACKAGE}.') and name[len(PACKAGE) + 1 :] in self._sources:
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def exec_module(self, module):
        name = module.__name__[len(PACKAGE) + 1 :]
        if name:
            exec(compile(self._sources[name], f'<interloop>/{name}.py', 'exec', dont_inherit=True), module.__dict__)


def install(sources):
    sys.meta_path.insert(0, SourceFinder(sources))
`,
  messages: `"""Messages between host and supervisor: a line of JSON each; one that says \`bytes\` is followed by as many of them."""
import json


class MessageReader:
    """Takes bytes as they come and gives whole messages, as pairs of the message and the bytes that followed it."""

    def __init__(self):
        self._bytes = bytearray()
        self._searched = 0
        self._message = None

    def feed(self, received):
        self._bytes += received
        while True:
            if self._message is None:
                end = self._bytes.find(b'\\n', self._searched)
                if end < 0:
                    self._searched = len(self._bytes)
                    return
                self._message = json.loads(self._bytes[:end])
                del self._bytes[: end + 1]
                self._searched = 0
            size = self._message.get('bytes', 0)
            if len(self._bytes) < size:
                return
            content = bytes(self._bytes[:size])
            del self._bytes[:size]
            message, self._message = self._message, None
            yield message, content


def message_bytes(message, content=b''):
    if content:
        message = {**message, 'bytes': len(content)}
    return json.dumps(message).encode() + b'\\n' + content
`,
  outputs: `"""What a program writes, as text: its head is told at once, its tail is kept and told at the end, what lies between is counted."""
import codecs

# A character that is cut at the head may be this much longer than what fits.
LONGEST_CHARACTER = 4


class Outputs:
    """Both streams of one program. \`tell\` gets messages; neighbours of one stream are one message. For \`head\` see \`Output\`."""

    def __init__(self, limit, tell, head=None):
        self._tell = tell
        self._streams = {name: Output(limit, head) for name in ('stdout', 'stderr')}
        self._decoders = {}
        self._joined = (None, [])

    @property
    def bytes(self):
        return sum(stream.bytes for stream in self._streams.values())

    def add(self, name, source, content, is_last=False):
        """\`source\` is where it came from: bytes of one character come from one source."""
        decoder = self._decoders.get((name, source))
        if decoder is None:
            decoder = self._decoders[name, source] = codecs.getincrementaldecoder('utf-8')('replace')
        text = decoder.decode(content, is_last)
        if text:
            self._join(name, self._streams[name].add(text))

    def flush(self):
        name, texts = self._joined
        self._joined = (None, [])
        if texts:
            self._tell({'type': name, 'text': ''.join(texts)})

    def finish(self):
        """Tells the tails and returns what was dropped, by the names of a result."""
        for name, source in list(self._decoders):
            self.add(name, source, b'', True)
        for name, stream in self._streams.items():
            self._join(name, stream.tail())
        self.flush()
        return {f'{name}Bytes': stream.dropped for name, stream in self._streams.items() if stream.dropped}

    def _join(self, name, text):
        if not text:
            return
        if self._joined[0] != name:
            self.flush()
            self._joined = (name, [])
        self._joined[1].append(text)


class Output:
    """
    One stream: \`limit\` bytes are told at once, as many as half of it are kept of the end, for a host that makes \`limit\` bytes of both.
    For one that joins them, \`head\` is what is told at once, and the rest of \`limit\` is kept.
    """

    def __init__(self, limit, head=None):
        self._room = limit if head is None else head
        self._tail_bytes = limit // 2 + LONGEST_CHARACTER if head is None else limit - head
        self._tail = bytearray()
        self.bytes = 0
        self.dropped = 0

    def add(self, text):
        """What of it is told at once."""
        content = text.encode()
        self.bytes += len(content)
        if len(content) <= self._room:
            self._room -= len(content)
            return text
        end = character_start(content, self._room)
        self._tail_bytes += self._room - end
        self._room = 0
        self._tail += content[end:]
        if len(self._tail) > 2 * self._tail_bytes + 2**16:
            self._shorten_tail()
        return content[:end].decode()

    def tail(self):
        self._shorten_tail()
        return self._tail.decode()

    def _shorten_tail(self):
        start = max(0, len(self._tail) - self._tail_bytes)
        while start < len(self._tail) and is_continuation(self._tail[start]):
            start += 1
        self.dropped += start
        del self._tail[:start]


def character_start(content, position):
    """The last place up to \`position\` where a character begins."""
    while position > 0 and is_continuation(content[position]):
        position -= 1
    return position


def is_continuation(byte):
    return byte & 0xC0 == 0x80
`,
  patches: `"""Changes modules right after they were loaded, so that nothing is imported before a program wants it."""
import importlib.machinery
import sys


class PatchFinder:
    """\`patches\`: by the name of a module, a function that gets it."""

    def __init__(self, patches):
        self._patches = patches

    def find_spec(self, name, path=None, target=None):
        patch = self._patches.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if patch else None
        if spec is not None and spec.loader is not None:
            spec.loader = PatchingLoader(spec.loader, patch)
        return spec


class PatchingLoader:
    """Loads one module. Not a change of the loader itself: an archive has one for all its modules."""

    def __init__(self, loader, patch):
        self._loader = loader
        self._patch = patch

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._patch(module)


def patch_when_loaded(patches):
    sys.meta_path.insert(0, PatchFinder(patches))
    for name, patch in patches.items():
        if name in sys.modules:
            patch(sys.modules[name])
`,
  pipes: `"""Descriptors that never block: what cannot be written yet waits, so that a deadline is held whatever the other end does."""
import fcntl
import os
import sys
import termios


class OutgoingPipe:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._waiting = bytearray()
        self.is_broken = False
        os.set_blocking(descriptor, False)

    @property
    def waiting(self):
        return len(self._waiting)

    def write(self, content):
        self._waiting += content
        self.flush()

    def flush(self):
        while self._waiting and not self.is_broken:
            try:
                written = os.write(self.descriptor, memoryview(self._waiting)[: 2**18])
            except BlockingIOError:
                return
            except OSError:
                self.is_broken = True
                return
            del self._waiting[:written]


def waiting_bytes(descriptor):
    """How much can be read at once; 0 also where the other end is closed."""
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def read_all(descriptor, most=2**20):
    """What is there now, up to \`most\` bytes, and whether the other end is closed."""
    received = bytearray()
    while len(received) < most:
        try:
            piece = os.read(descriptor, min(2**18, most - len(received)))
        except BlockingIOError:
            return bytes(received), False
        except OSError:
            return bytes(received), True
        if not piece:
            return bytes(received), True
        received += piece
    return bytes(received), False
`,
  processes: `"""What a program printed is told before what it, or a process that it starts, then writes past \`sys.stdout\`."""
import functools
import os
import sys


# Standard output and standard error.
STREAMS = (1, 2)


class Processes:
    """\`settle\` returns when all that was sent so far has been read."""

    def __init__(self, settle):
        self._settle = settle
        self.patches = {'subprocess': self._patch}
        # WebAssembly has neither.
        if hasattr(os, 'system'):
            os.system = self._settling(os.system)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(before=self._flush)
        for name in ('write', 'writev'):
            if hasattr(os, name):
                setattr(os, name, self._flushing(getattr(os, name)))

    def _patch(self, module):
        module.Popen._execute_child = self._settling(module.Popen._execute_child)

    def _settling(self, start):
        @functools.wraps(start)
        def settle_and_start(*arguments, **options):
            self._flush()
            return start(*arguments, **options)

        return settle_and_start

    def _flushing(self, write):
        @functools.wraps(write)
        def flush_and_write(descriptor, content, /):
            if descriptor in STREAMS:
                self._flush()
            return write(descriptor, content)

        return flush_and_write

    def _flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # a program may have put anything there
                pass
        self._settle()
`,
  processor_time: `"""The processor time of a session: that of its interpreter, and of all processes that its programs start."""
import contextlib
import os
import resource
import signal
import time

TICKS = os.sysconf('SC_CLK_TCK')
# Fields of /proc/…/stat behind the name, proc(5): utime, stime, cutime, cstime.
TIMES = slice(11, 15)
TIMES_OF_ENDED = slice(13, 15)


class ProcessorTime:
    """
    Of the interpreter \`pid\`. Where the session is alone its other processes count while they run; otherwise children count that
    have ended. A process whose end nobody waits for takes its time along: what was seen of it stays counted.
    """

    def __init__(self, pid, is_alone):
        self._pid = pid
        self._is_alone = is_alone
        self._used = 0.0
        self._last = self._now()

    def seconds(self):
        """None where the system does not tell."""
        now = self._now()
        if now is None:
            return None
        if self._last is not None:
            self._used += max(0.0, now - self._last)
        self._last = now
        return self._used

    def _now(self):
        try:
            now = time.clock_gettime((~self._pid << 3) | 2)  # clock_getcpuclockid(3) of Linux
        except OSError:
            return None
        now += ticks(self._pid, TIMES_OF_ENDED)
        if self._is_alone:
            now += sum(ticks(pid, TIMES) for pid in other_processes(self._pid))
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            now += ended.ru_utime + ended.ru_stime
        return now


def ticks(pid, fields):
    """Seconds; 0 where the process has ended."""
    with contextlib.suppress(OSError, ValueError):
        with open(f'/proc/{pid}/stat', 'rb') as file:
            return sum(map(int, file.read().rpartition(b')')[2].split()[fields])) / TICKS
    return 0.0


def other_processes(interpreter):
    """What a session's programs have started and runs still, where no process of others can be seen: 1 is bubblewrap's, or a supervisor."""
    try:
        found = [int(name) for name in os.listdir('/proc') if name.isdigit()]
    except OSError:
        return []
    return [pid for pid in found if pid not in (1, os.getpid(), interpreter)]


def kill_other_processes(interpreter):
    for pid in other_processes(interpreter):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
`,
  program: `"""Runs a program: as \`__main__\`, with the value of its last expression, and whatever it raised as data."""
import ast
import builtins
import importlib
import io
import linecache
import sys
import textwrap
import tokenize
import types

from _interloop.displays import bundle
from _interloop.tracebacks import failure

AWAITS = 0x80  # inspect.CO_COROUTINE


class Programs:
    """
    The programs of a session, which share one namespace. \`begin\` and \`end\` are called around the program itself, \`finish\`
    when it is over but may still write; \`run_coroutine\` runs what awaits.
    """

    def __init__(self, begin, end, finish, run_coroutine):
        self._begin = begin
        self._end = end
        self._finish = finish
        self._run_coroutine = run_coroutine
        self._main = types.ModuleType('__main__')
        self._main.__dict__['__builtins__'] = builtins
        sys.modules['__main__'] = self._main
        self._streams = None

    def execute(self, source, name):
        """What became of it: \`reason\`, and \`value\`, \`error\` or \`exitCode\`."""
        try:
            return self._attempt(source, name)
        except BaseException as error:  # an interrupt that arrived when the program had just ended
            self._end()
            return failure(error)

    def _attempt(self, source, name):
        importlib.invalidate_caches()
        if self._streams is None:
            self._streams = sys.stdin, sys.stdout, sys.stderr
        try:
            try:
                self._begin()
                return self._run(source, name)
            finally:
                self._end()
                sys.stdin, sys.stdout, sys.stderr = self._streams
        except SystemExit as end:
            return left_by(end)
        except BaseException as error:
            return failure(error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def _run(self, source, name):
        source = without_indentation(source)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            parts = compiled(source, name)
        except (SyntaxError, ValueError) as error:  # ValueError: NUL, or half of a surrogate pair
            return failure(error, 'syntax_error')
        try:
            value = self._evaluate(parts)
        finally:
            self._finish()
        if value is None:
            return {'reason': 'completed'}
        builtins._ = value
        return {'reason': 'completed', 'value': {'data': bundle(value)}}

    def _evaluate(self, parts):
        if any(part.co_flags & AWAITS for part in parts):
            return self._run_coroutine(self._await(parts))
        value = None
        for part in parts:
            value = eval(part, self._main.__dict__)
        return value

    async def _await(self, parts):
        value = None
        for part in parts:
            value = eval(part, self._main.__dict__)
            if part.co_flags & AWAITS:
                value = await value
        return value


def left_by(end):
    """What became of a program that ended by this SystemExit; as in a process of its own, a code that is no number is printed."""
    if end.code is not None and not isinstance(end.code, int):
        print(end.code, file=sys.stderr)
    return {'reason': 'exit', 'exitCode': int(end.code) if isinstance(end.code, int) else int(end.code is not None)}


def without_indentation(source):
    first = next((line for line in source.splitlines() if line.strip()), '')
    return textwrap.dedent(source) if first[:1].isspace() else source


def compiled(source, name):
    """The statements, and the last expression apart, whose value is that of the program unless a semicolon follows."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, name, 'exec', flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not ends_with_semicolon(source):
        last = ast.Expression(tree.body.pop().value)
    # Compiled before anything runs: some errors of syntax are found only now.
    parts = [compile(tree, name, 'exec', flags, dont_inherit=True)]
    if last is not None:
        parts.append(compile(last, name, 'eval', flags, dont_inherit=True))
    return parts


def ends_with_semicolon(source):
    ignored = (tokenize.ENDMARKER, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.DEDENT)
    try:
        tokens = [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in ignored]
    except (tokenize.TokenError, SyntaxError):
        return False
    return bool(tokens) and tokens[-1].string == ';'
`,
  runtime: `"""The runtime of a session: all subjects of this folder put together over one transport."""
import builtins
import os
import sys

from _interloop.console import read_input
from _interloop.displays import Displays, text_of
from _interloop.event_loop import EventLoops
from _interloop.figures import Figures
from _interloop.patches import patch_when_loaded
from _interloop.processes import Processes
from _interloop.program import Programs
from _interloop.tools import CALLS, ToolCalls, ToolError, Tools


class Runtime:
    """
    Runs the programs of one session. \`transport\` brings:

    - \`tell(message)\`: tells a display (\`{'type': 'display', …}\`), or that the program only waits for tools (\`waiting\`), in order
      with what is written to \`sys.stdout\` and \`sys.stderr\`, which the transport has put in place;
    - \`call(id, name, arguments)\` and \`wait(call)\`: see \`ToolCalls\`;
    - \`begin()\` and \`end()\`: between them an interrupt ends the program;
    - \`settle()\`: returns when what was told so far has been read;
    - \`own_threads\`: how many threads it runs beside the program's.
    """

    def __init__(self, transport):
        self._transport = transport
        self._displays = Displays(transport.tell)
        self._figures = Figures(self._displays.show, text_of)
        self.tools = ToolCalls(transport)
        self._loops = EventLoops(self.tools, lambda: transport.own_threads)
        self._programs = Programs(self._begin, self._end, self._figures.show_open, self._loops.run)
        processes = Processes(transport.settle)
        patch_when_loaded({**self._figures.patches, **self._loops.patches, **processes.patches})
        os.environ['MPLBACKEND'] = 'Agg'
        sys.dont_write_bytecode = True
        builtins.display, builtins.input = self._displays.display, read_input
        builtins.tools, builtins.ToolError = Tools(self.tools), ToolError

    def execute(self, code, number, display_bytes=None, tool_calls=CALLS):
        """Runs a program and returns what became of it: members of a result, without what was told meanwhile."""
        self._displays.begin(display_bytes)
        self._figures.begin()
        self.tools.begin(tool_calls)
        ran = self._programs.execute(code, f'<program {number}>')
        if self._displays.dropped:
            ran['dropped'] = {'displays': self._displays.dropped}
        return ran

    def _begin(self):
        self._loops.begin()
        self._transport.begin()

    def _end(self):
        self._transport.end()
        self.tools.end()
`,
  supervisor: `"""
Keeps one session: its interpreter, its deadline, its folder. The host asks on descriptor 0 and is told on descriptor 3
(messages.py); when the host is gone, everything ends. All waiting is done in one place and never for one end alone.
"""
import errno
import os
import platform
import select
import shutil
import signal
import sys

from _interloop import system
from _interloop.child import Child
from _interloop.execution import Execution
from _interloop.files import Folder
from _interloop.frames import JSON, STDERR, STDOUT
from _interloop.messages import MessageReader, message_bytes
from _interloop.pipes import OutgoingPipe, read_all

HOST_IN, HOST_OUT = 0, 3
# While the host does not read that much, the interpreter is not read either: it waits in its own \`print\`.
WAITING_BYTES = 2**22
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STREAMS = {STDOUT: 'stdout', STDERR: 'stderr'}


def main(config):
    """\`folder\`: where programs work. \`isAlone\`: neither processes of others nor a folder that has to be removed can be seen from here."""
    system.protect_supervisor()
    folder, is_alone = config['folder'], config['isAlone']
    try:
        os.chdir(folder)
        Supervisor(Folder(folder), is_alone).run()
    finally:
        if not is_alone:
            shutil.rmtree(folder, ignore_errors=True)


class Supervisor:
    def __init__(self, folder, is_alone):
        self._folder = folder
        self._is_alone = is_alone
        self._out = OutgoingPipe(HOST_OUT)
        self._requests = MessageReader()
        self._execution = None
        self._is_running = True
        os.set_blocking(HOST_IN, False)
        self._woken, waker = os.pipe()
        for descriptor in (self._woken, waker):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, interrupted: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # what Ctrl-C means is the host's to say
        self._child = Child(is_alone)

    def run(self):
        try:
            while self._is_running and not self._out.is_broken:
                self._turn()
        finally:
            system.kill_all(self._child.pid, self._is_alone)

    def _turn(self):
        poll = select.poll()
        child = self._child
        poll.register(HOST_IN, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        if self._out.waiting:
            poll.register(HOST_OUT, select.POLLOUT)
        channel_events = select.POLLOUT if child.channel.waiting else 0
        if self._out.waiting < WAITING_BYTES:
            channel_events |= select.POLLIN
            for descriptor in child.open_pipes.values():
                poll.register(descriptor, select.POLLIN)
        if channel_events and not child.is_closed:
            poll.register(child.channel.descriptor, channel_events)
        if child.answers.waiting and not child.is_closed:
            poll.register(child.answers.descriptor, select.POLLOUT)
        ready = dict(poll.poll(self._patience()))
        self._out.flush()
        child.channel.flush()
        child.answers.flush()
        if self._woken in ready:
            read_all(self._woken)
            self._reap()
        if HOST_IN in ready:
            self._hear_host()
        if self._child is child and self._out.waiting < WAITING_BYTES:
            self._hear_child()
        if self._execution is not None:
            self._execution.look()
            self._execution.flush()

    def _patience(self):
        """Milliseconds until something has to be looked at, whatever comes."""
        if self._execution is None:
            return None
        return max(1, int(self._execution.patience() * 1000) + 1)

    # What the host asks

    def _hear_host(self):
        received, is_closed = read_all(HOST_IN)
        for message, content in self._requests.feed(received):
            self._serve(message, content)
        if is_closed:
            self._is_running = False

    def _serve(self, message, content):
        kind = message['type']
        if kind == 'execute':
            self._execution = Execution(message, self._child, self._tell)
        elif kind == 'stop':
            if self._execution is not None and self._execution.number == message['number']:
                self._execution.stop(None)
        elif kind == 'answer':
            if self._execution is not None and self._execution.number == message['number']:
                self._execution.answer(message)
        else:
            self._serve_file(kind, message, content)

    def _serve_file(self, kind, message, content):
        ask = message['ask']
        try:
            if kind == 'put':
                for path in message['paths']:
                    self._folder.put(path, content)
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'read':
                for piece in self._folder.read(message['path']):
                    self._tell({'type': 'piece', 'ask': ask}, piece)
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'remove':
                self._folder.remove(message['path'])
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'list':
                self._tell({'type': 'listed', 'ask': ask, 'files': self._folder.list()})
        except FileNotFoundError:
            self._tell({'type': 'failed', 'ask': ask, 'code': 'not_found', 'message': f'there is no file {message.get("path")!r}'})
        except (OSError, ValueError) as error:
            code = 'too_large' if getattr(error, 'errno', None) in FULL else 'internal'
            self._tell({'type': 'failed', 'ask': ask, 'code': code, 'message': str(error)})

    # What the interpreter tells

    def _hear_child(self):
        """
        What another process wrote before the interpreter went on is in its pipes by now, so those are told first. What the interpreter
        told is taken only then: one that waits for that (\`settle\`) writes nothing into the pipes that would be told too early.
        """
        child = self._child
        size = child.waiting_bytes()
        for name, written in child.read_pipes():
            if self._execution is not None:
                self._execution.write(name, 'pipe', written)
        try:
            for kind, content in child.frames.feed(child.receive(size)):
                self._hear_frame(kind, content)
        except (ValueError, KeyError, TypeError, RecursionError):
            # No frame of ours: the program wrote into the channel, and nothing more can be known of it.
            child.is_closed = True
            child.kill()

    def _hear_frame(self, kind, content):
        execution = self._execution
        if kind == JSON and not self._child.is_ready:
            self._child.is_ready = True
            self._tell({'type': 'ready', 'version': platform.python_version(), 'implementation': platform.python_implementation()})
            return
        if execution is None:
            return  # a thread of a program that has ended
        if kind in STREAMS:
            execution.write(STREAMS[kind], 'frames', content)
        elif kind == JSON:
            ran = execution.hear(content)
            if ran is not None:
                self._conclude(ran)

    # Ends

    def _reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._child.pid:
                self._child.end = (status, usage)
                self._replace_child()

    def _replace_child(self):
        """Variables are gone with it, files are kept. One that ends while no program runs ends the session: nobody was told."""
        self._hear_child()
        child = self._child
        if self._execution is None:
            self._tell({'type': 'lost'})
            self._is_running = False
            return
        system.kill_all(child.pid, self._is_alone)
        self._conclude(self._execution.crash(child.end[0]))
        child.close()
        self._child = Child(self._is_alone)

    def _conclude(self, ran):
        for name, received in self._child.read_pipes():
            self._execution.write(name, 'pipe', received)
        ended = self._execution.finish(ran)
        self._execution = None
        self._tell({**ended, 'files': self._folder.changes()})

    def _tell(self, message, content=b''):
        self._out.write(message_bytes(message, content))


if __name__ == '__main__':
    sys.exit('supervisor.py is started by its host')
`,
  system: `"""What a supervisor asks of the operating system. Where a system cannot do a thing, it is left out: the sandbox does not rest on it."""
import contextlib
import ctypes
import os
import resource
import signal

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36
# System calls, the same on all architectures: landlock(7).
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
LANDLOCK_SCOPE_SIGNAL = 2


def protect_supervisor():
    """A program of the same user can neither trace it nor leave it children that nobody finds."""
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def tie_to_parent(parent):
    """Ends this process with its parent, also where that was killed; other programs of the user may trace it again."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 1)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def prctl(option, value):
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def forbid_signals_to_others():
    """
    From now on, this process and its children signal only one another: a supervisor of the same user can then be neither ended
    nor stopped by a program. From Linux 6.12 on, and for processes that can gain no privileges.
    """
    with contextlib.suppress(AttributeError, OSError):
        system_call = ctypes.CDLL(None).syscall
        # handled_access_fs, handled_access_net, scoped
        wanted = (ctypes.c_uint64 * 3)(0, 0, LANDLOCK_SCOPE_SIGNAL)
        ruleset = system_call(LANDLOCK_CREATE_RULESET, wanted, ctypes.c_size_t(ctypes.sizeof(wanted)), 0)
        if ruleset >= 0:
            system_call(LANDLOCK_RESTRICT_SELF, ruleset, 0)
            os.close(ruleset)


def forbid_core_files():
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_memory(pid, memory_bytes):
    """Of each process: of what it can write, not of the addresses it reserves (RLIMIT_AS would count the pools of libraries)."""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        hard = resource.prlimit(pid, resource.RLIMIT_DATA)[1]
        soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (soft, hard))


def forget_peak_memory(pid):
    with contextlib.suppress(OSError):
        with open(f'/proc/{pid}/clear_refs', 'w') as file:
            file.write('5')


def peak_memory_bytes(pid):
    with contextlib.suppress(OSError, ValueError):
        with open(f'/proc/{pid}/status') as file:
            for line in file:
                if line.startswith('VmHWM:'):
                    return int(line.split()[1]) * 1024
    return None


def kill_all(group, is_alone):
    """Kills a group, and all that descends from this process; \`is_alone\`: no other process of the user can be seen from here."""
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    if is_alone:
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)
    # What left the group is a child of ours as soon as its parents are gone.
    for _ in range(100):
        children = children_of_this_process()
        if not children:
            return
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)


def children_of_this_process():
    try:
        with open(f'/proc/self/task/{os.getpid()}/children') as file:
            return [int(child) for child in file.read().split()]
    except (OSError, ValueError):
        return []
`,
  tools: `"""Tools of the host: \`tools.name(…)\` returns the value, \`tools.aio.name(…)\` an awaitable of a call that has started."""
import contextlib
import itertools
import json
import threading

# The numbers are those of remote.md 9.
OPEN_CALLS = 16
CALLS = 5_000
ARGUMENT_BYTES = 2**20
DEPTH = 64


class ToolError(Exception):
    """A tool of the host failed, or the call was refused."""

    __module__ = 'builtins'  # where programs find it, and what a traceback shows


class Call:
    """One call, until it is answered. Answers may come from another thread."""

    def __init__(self, identity):
        self.id = identity
        self.is_done = threading.Event()
        self.is_given_up = False
        self.value = None
        self.error = None
        self.listener = None

    def result(self):
        if self.error is not None:
            raise ToolError(self.error)
        return self.value


class ToolCalls:
    """
    The calls of a session. \`transport.call(id, name, arguments)\` sends one, with JSON as arguments; \`transport.wait(call)\`
    returns when it is answered; \`transport.tell\` is told when the program only waits for answers, and when it goes on.
    """

    def __init__(self, transport):
        self._transport = transport
        self._numbers = itertools.count(1)
        self.open_calls = {}
        self.begin()

    def begin(self, limit=CALLS):
        # A new one for each program: an interrupt may come when it was taken and not yet given back.
        self._lock = threading.RLock()
        self._limit = self._left = limit
        self._waiters = 0

    def end(self):
        """What is open when a program ends is given up."""
        for call in list(self.open_calls.values()):
            call.is_given_up = True
            self.deliver(call.id, error='the program that called the tool has ended')

    def start(self, name, arguments):
        text = checked_json(name, arguments)
        with self._lock:
            if len(self.open_calls) >= OPEN_CALLS:
                raise ToolError(f'{OPEN_CALLS} tool calls are open already: await some of them before you start more')
            if self._left <= 0:
                raise ToolError(f'one program may call tools {self._limit} times')
            self._left -= 1
            call = Call(str(next(self._numbers)))
            self.open_calls[call.id] = call
        self._transport.call(call.id, name, text)
        return call

    def wait(self, call):
        try:
            with self.waiting():
                self._transport.wait(call)
        finally:
            self.open_calls.pop(call.id, None)
        return call.result()

    def deliver(self, identity, value=None, error=None):
        """Called by the transport with an answer; one that nobody waits for is ignored."""
        call = self.open_calls.pop(identity, None)
        if call is None:
            return
        call.value, call.error = value, error
        call.is_done.set()
        if call.listener is not None:
            call.listener()

    @contextlib.contextmanager
    def waiting(self):
        self._count_waiter(1)
        try:
            yield
        finally:
            self._count_waiter(-1)

    def _count_waiter(self, change):
        with self._lock:
            before, self._waiters = self._waiters, max(0, self._waiters + change)
            if (before > 0) != (self._waiters > 0):
                self._transport.tell({'type': 'waiting', 'isWaiting': self._waiters > 0})


class Tools:
    """The host's tools by name, each taking its arguments by name."""

    def __init__(self, calls):
        self._calls = calls
        self.aio = AwaitableTools(calls)

    def __getattr__(self, name):
        refuse_private(name)

        def call(*positional, **arguments):
            return self._calls.wait(self._calls.start(name, named(name, positional, arguments)))

        call.__name__ = call.__qualname__ = name
        return call

    def __repr__(self):
        return 'tools'


class AwaitableTools:
    """The host's tools by name; a call starts at once and returns an awaitable."""

    def __init__(self, calls):
        self._calls = calls

    def __getattr__(self, name):
        refuse_private(name)

        def call(*positional, **arguments):
            import asyncio

            loop = asyncio.get_running_loop()
            future = loop.create_future()
            try:
                started = self._calls.start(name, named(name, positional, arguments))
            except ToolError as error:
                future.set_exception(error)
                return future
            settle_with(loop, future, started)
            return future

        call.__name__ = call.__qualname__ = name
        return call

    def __repr__(self):
        return 'tools.aio'


def settle_with(loop, future, call):
    def settle():
        if future.done():
            return
        if call.is_given_up:
            future.cancel()
            return
        try:
            future.set_result(call.result())
        except ToolError as error:
            future.set_exception(error)

    def listener():
        with contextlib.suppress(RuntimeError):  # the loop was closed, so nobody waits any more
            loop.call_soon_threadsafe(settle)

    call.listener = listener
    if call.is_done.is_set():
        listener()


def refuse_private(name):
    if name.startswith('_'):  # what copy, pickle and notebooks look for
        raise AttributeError(name)


def named(name, positional, arguments):
    if not positional:
        return arguments
    if len(positional) == 1 and isinstance(positional[0], dict) and not arguments:
        return positional[0]
    raise TypeError(f'tools.{name} takes its arguments by name: tools.{name}(key=value)')


def checked_json(name, arguments):
    if is_deeper(arguments, DEPTH):
        raise ToolError(f'the arguments of tools.{name} are nested deeper than {DEPTH} levels')
    try:
        text = json.dumps(arguments, allow_nan=False, default=plain)
    except (TypeError, ValueError) as error:
        raise ToolError(f'the arguments of tools.{name} are no JSON: {error}') from None
    size = len(text.encode())
    if size > ARGUMENT_BYTES:
        raise ToolError(f'the arguments of tools.{name} have {size} bytes, the limit is {ARGUMENT_BYTES}')
    return text


def plain(value):
    """Numbers and arrays of numpy and pandas."""
    if hasattr(value, 'tolist'):
        return value.tolist()
    raise TypeError(f'{type(value).__name__} cannot be written as JSON')


def is_deeper(value, levels):
    if not isinstance(value, (dict, list, tuple)):
        return False
    if levels == 0:
        return True
    return any(is_deeper(member, levels - 1) for member in (value.values() if isinstance(value, dict) else value))
`,
  tracebacks: `"""What a program raised, told without the frames of those who ran it."""
import traceback

FRAMES = 20
VALUE_CHARACTERS = 10_000
TRACEBACK_CHARACTERS = 100_000
# Of those who may call a program.
RUNNERS = ('/asyncio/', '/IPython/', '/ipykernel/')


def failure(error, reason='exception'):
    """The members \`reason\` and \`error\` of a result. A missing module is named, the line is the innermost of a program."""
    told = traceback.TracebackException.from_exception(error, limit=-FRAMES)
    hide_own_frames(told)
    described = {
        'name': type(error).__name__,
        'value': str(told)[:VALUE_CHARACTERS],
        'traceback': ''.join(told.format())[-TRACEBACK_CHARACTERS:],
    }
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_program(frame.f_code.co_filename):
            described['line'] = line
    if isinstance(error, SyntaxError) and is_program(error.filename) and error.lineno is not None:
        described['line'] = error.lineno
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        described['missingModule'] = error.name
    return {'reason': 'memory' if isinstance(error, MemoryError) else reason, 'error': described}


def is_program(filename):
    return str(filename).startswith('<program ')


def hide_own_frames(told):
    """In chained and grouped exceptions too; those of asyncio and IPython go where nothing of the program called them."""
    frames = [frame for frame in told.stack if not is_own(frame.filename)]
    while frames and any(runner in frames[0].filename for runner in RUNNERS):
        frames.pop(0)
    told.stack = traceback.StackSummary.from_list(frames)
    # Python 3.10 has no groups.
    for other in (told.__cause__, told.__context__, *(getattr(told, 'exceptions', None) or ())):
        if other:
            hide_own_frames(other)


def is_own(filename):
    return filename.startswith('<interloop') or '/_pyodide/' in filename
`,
}
