// Written by build.ts from src/hosted; not to be changed by hand.

/** The Python files that take the place of the runtime at the borders of a WebAssembly host, by name. No name stands in both. */
export const HOSTED_SOURCES: Readonly<Record<string, string>> = {
  channel: `"""Frames of JSON over descriptor 3, at whose other end the host sits: \`u32\` length (little-endian), then the content."""
import json
import os
import select

DESCRIPTOR = 3
LENGTH_BYTES = 4
PIECE_BYTES = 2**16


class Channel:
    """\`interrupts\` are held while a frame is on its way: it goes whole, or not at all."""

    def __init__(self, interrupts):
        self._interrupts = interrupts
        self._received = bytearray()
        # Made once: a request must get through when no memory is left.
        self._piece = bytearray(PIECE_BYTES)
        self._readable = select.poll()
        self._readable.register(DESCRIPTOR, select.POLLIN)

    def send(self, message):
        content = json.dumps(message).encode()
        frame = memoryview(len(content).to_bytes(LENGTH_BYTES, 'little') + content)
        self._interrupts.hold()
        try:
            while frame:
                frame = frame[os.write(DESCRIPTOR, frame) :]
        finally:
            self._interrupts.release()

    def wait(self):
        """Until there is something to take."""
        self._readable.poll()

    def take(self):
        """The messages that are there now, without waiting for one."""
        messages = []
        self._interrupts.hold()
        try:
            while self._readable.poll(0):
                size = os.readinto(DESCRIPTOR, self._piece)
                if size == 0:
                    os._exit(0)  # without a host there is nobody to run for
                self._received += memoryview(self._piece)[:size]
                messages.extend(self._whole_messages())
        finally:
            self._interrupts.release()
        return messages

    def _whole_messages(self):
        while len(self._received) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._received[:LENGTH_BYTES], 'little')
            if len(self._received) < end:
                return
            content = bytes(self._received[LENGTH_BYTES:end])
            del self._received[:end]
            yield json.loads(content)
`,
  databases: `"""A query of sqlite runs in C for as long as it likes; asked now and then, it can be interrupted."""
import functools
import select

from _interloop.waiting import monotonic

# Instructions of sqlite's machine between two calls: some milliseconds.
STEPS = 100_000
# Seconds between two looks, each of which waits for a millisecond.
LOOK = 0.05

looking = select.poll()
next_look = 0.0


def patch_sqlite(module):
    connect = module.connect

    @functools.wraps(connect)
    def interruptible_connect(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.set_progress_handler(keep_going, STEPS)
        return connection

    module.connect = interruptible_connect


def keep_going():
    """An interrupt that is due ends \`poll\`, and what it raises here ends the query."""
    global next_look
    now = monotonic()
    if now >= next_look:
        next_look = now + LOOK
        looking.poll(1)


patches = {'sqlite3.dbapi2': patch_sqlite}
`,
  loops: `"""asyncio without sockets and threads: where a loop would listen to itself, it listens to the host, whose answers alone can wake it."""
from _interloop.channel import DESCRIPTOR


class HostedLoops:
    """\`hear\` takes what the host has sent."""

    def __init__(self, hear):
        self._hear = hear
        self.patches = {'asyncio.unix_events': self._patch}

    def _patch(self, module):
        hear = self._hear
        loop_class = module._UnixSelectorEventLoop
        submit = loop_class.run_in_executor

        def make_self_pipe(loop):
            loop._ssock = loop._csock = None
            loop._internal_fds += 1
            loop._add_reader(DESCRIPTOR, hear)

        def close_self_pipe(loop):
            loop._remove_reader(DESCRIPTOR)
            loop._internal_fds -= 1

        def run_in_executor(loop, executor, func, *args):
            if executor is not None and not is_thread_pool(executor):
                return submit(loop, executor, func, *args)
            loop._check_closed()
            if loop.get_debug():
                loop._check_callback(func, 'run_in_executor')
            return settled(loop.create_future(), func, args)

        def add_signal_handler(loop, sig, callback, *args):
            raise NotImplementedError('signals reach no event loop here')

        loop_class._make_self_pipe = make_self_pipe
        loop_class._close_self_pipe = close_self_pipe
        loop_class.run_in_executor = run_in_executor
        loop_class.add_signal_handler = add_signal_handler


def is_thread_pool(executor):
    from concurrent.futures import ThreadPoolExecutor

    return isinstance(executor, ThreadPoolExecutor)


def settled(future, function, arguments):
    """There is no other thread, so it runs at once."""
    try:
        future.set_result(function(*arguments))
    except Exception as error:
        future.set_exception(error)
    return future
`,
  modules: `"""
Modules that are compiled into the interpreter and have no place in it: tests of CPython that crash on purpose, and Pyodide's
bridge to JavaScript. To import one is to import a module that does not exist.
"""
import importlib.machinery
import sys
import zipimport

HIDDEN = frozenset(
    {
        '_ctypes_test',
        '_pyodide_core',
        '_remote_debugging',
        '_testbuffer',
        '_testcapi',
        '_testclinic',
        '_testclinic_limited',
        '_testimportmultiple',
        '_testinternalcapi',
        '_testlimitedcapi',
        '_testmultiphase',
        '_testsinglephase',
        '_xxtestfuzz',
        'xxlimited',
        'xxlimited_35',
        'xxsubtype',
    }
)

# All of multiprocessing needs it; the text is then what it says of itself.
REFUSED = {'_multiprocessing': 'Python has one process here: multiprocessing can start no other; call the function itself'}


class VisibleBuiltins(importlib.machinery.BuiltinImporter):
    """No barrier: what a hidden module asks of the host is refused there."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in REFUSED:
            raise ImportError(REFUSED[name], name=name)
        return None if name in HIDDEN else importlib.machinery.BuiltinImporter.find_spec(name, path, target)


def hide_modules():
    position = sys.meta_path.index(importlib.machinery.BuiltinImporter)
    sys.meta_path[position] = VisibleBuiltins
    sys.builtin_module_names = tuple(name for name in sys.builtin_module_names if name not in HIDDEN)
    for name in HIDDEN:
        sys.modules.pop(name, None)


def keep_library_listed():
    """The archive of the standard library never changes; to read its list again for each program takes ten milliseconds."""
    library = next(path for path in sys.path if path.endswith('.zip'))
    invalidate = zipimport.zipimporter.invalidate_caches

    def invalidate_others(finder):
        if finder.archive != library:
            invalidate(finder)

    zipimport.zipimporter.invalidate_caches = invalidate_others
`,
  seeds: `"""Sessions that start from one image would draw the same random numbers, and think that they began when it was made."""
import os
import random
import sys
import time


def plant_seeds():
    """The seed of hashes stays: order in a set is then the same in each."""
    random.seed(int.from_bytes(os.urandom(32), 'little'))
    for name, reseed in RESEED.items():
        module = sys.modules.get(name)
        if module is not None:
            reseed(module)


def reseed_names(tempfile):
    tempfile._name_sequence = None


def reseed_numpy(numpy_random):
    numpy_random.seed()


def restart_clock(logging):
    logging._startTime = time.time_ns()


RESEED = {'tempfile': reseed_names, 'numpy.random': reseed_numpy, 'logging': restart_clock}
`,
  session: `"""The interpreter in the WebAssembly host: it takes one request at each tick (see README.md beside this file)."""
import functools
import os
import platform
import sys
import time

from _interloop import databases, threads
from _interloop.console import text_stream
from _interloop.interrupts import Interrupts
from _interloop.loops import HostedLoops
from _interloop.modules import hide_modules, keep_library_listed
from _interloop.patches import patch_when_loaded
from _interloop.runtime import Runtime
from _interloop.seeds import plant_seeds
from _interloop.tracebacks import failure
from _interloop.transport import DescriptorTransport, write_whole
from _interloop.waiting import sleep


class HostedSession:
    """Made once, when the image is; from then on \`__main__\` of the host and that of programs are two."""

    def __init__(self):
        self._modules = sys.modules
        self._host_main = sys.modules['__main__']
        self._interrupts = Interrupts()
        self._transport = DescriptorTransport(self._interrupts)
        time.sleep = sleep
        threads.refuse_threads()
        hide_modules()
        keep_library_listed()
        sys.stdin = sys.__stdin__ = open(0, encoding='utf-8', closefd=False)
        sys.stdout = sys.__stdout__ = text_stream(functools.partial(write_whole, 1), 1, 'surrogateescape')
        sys.stderr = sys.__stderr__ = text_stream(functools.partial(write_whole, 2), 2, 'backslashreplace')
        sys.argv = ['']
        sys.path.insert(0, '')
        patch_when_loaded({**HostedLoops(self._transport.hear).patches, **threads.patches, **databases.patches})
        self._runtime = Runtime(self._transport)
        self._transport.deliver = self._runtime.tools.deliver
        self._program_main = sys.modules['__main__']
        self._modules['__main__'] = self._host_main

    def tick(self):
        """What a program does is told in its result; what is raised here is a fault of ours, and ends the session."""
        self._modules['__main__'] = self._program_main
        try:
            request = self._transport.request()
            if request['type'] == 'start':
                self._start(request)
            else:
                self._execute(request)
        finally:
            self._program_main = self._modules.get('__main__')
            self._modules['__main__'] = self._host_main

    def _start(self, request):
        plant_seeds()
        os.environ.clear()
        os.environ.update({**request['environment'], 'MPLBACKEND': 'Agg'})
        os.makedirs(request['folder'], exist_ok=True)
        os.chdir(request['folder'])
        self._transport.tell({'type': 'ready', 'version': platform.python_version()})

    def _execute(self, request):
        self._interrupts.install()
        ran = self._runtime.execute(request['code'], request['number'], request['displayBytes'], request['toolCalls'])
        self._interrupts.install()
        try:
            self._tell_end(request, ran)
        except MemoryError as error:  # the value is too large to be written
            self._tell_end(request, failure(error))

    def _tell_end(self, request, ran):
        self._transport.tell({'type': 'ended', 'number': request['number'], 'ran': ran})
`,
  threads: `"""There is one thread here: who would start another, or wait for one, is told so instead of waiting for ever."""
import _thread

from _interloop.waiting import sleep

REFUSAL = "can't start new thread: Python has one thread here; call the function itself, or use asyncio"
DEADLOCK = 'deadlock: Python has one thread here, so nothing can end this wait'


def refuse_threads():
    _thread.start_new_thread = _thread.start_new = _thread.start_joinable_thread = refuse


def patch_threading(module):
    module._start_new_thread = module._start_joinable_thread = refuse
    wait = module.Condition.wait

    def wait_without_threads(condition, timeout=None):
        """Events, queues and semaphores wait by it. A lock that waits with a time limit would use the processor meanwhile."""
        if timeout is None:
            raise RuntimeError(DEADLOCK)
        if condition._is_owned():
            sleep(max(timeout, 0))
        return wait(condition, 0)

    module.Condition.wait = wait_without_threads


def refuse(*arguments, **options):
    raise RuntimeError(REFUSAL)


patches = {'threading': patch_threading}
`,
  transport: `"""What \`Runtime\` needs, over the descriptors of the WebAssembly host."""
import os

from _interloop.channel import Channel

# Given back when a program is over that took all the memory: its end has to be told, and the next one to be heard.
RESERVE_BYTES = 2**18


class DescriptorTransport:
    """\`deliver\` is told the answers of tools; the one who puts this together sets it."""

    # It runs none beside the program's: there are none here.
    own_threads = 0

    def __init__(self, interrupts):
        self._interrupts = interrupts
        self._channel = Channel(interrupts)
        self._reserve = None
        self.deliver = None
        self.tell = self._channel.send

    def begin(self):
        """Only from now on an interrupt is one of this program, so the host waits for that."""
        try:
            self._reserve = bytearray(RESERVE_BYTES)
        except MemoryError:
            pass  # the program may be the one that frees some
        self._interrupts.begin()
        self.tell({'type': 'begun'})

    def end(self):
        self._interrupts.end()
        self._reserve = None

    def settle(self):
        """What was written has been read by then: nothing here is written to later."""

    def call(self, identity, name, arguments):
        self.tell({'type': 'call', 'id': identity, 'name': name, 'arguments': arguments})

    def wait(self, call):
        while not call.is_done.is_set():
            self._channel.wait()
            self.hear()

    def hear(self):
        """Delivers the answers that are there, without waiting for one. An interrupt loses none: it comes after all were delivered."""
        self._interrupts.hold()
        try:
            for message in self._channel.take():
                self._deliver(message)
        finally:
            self._interrupts.release()

    def request(self):
        """The request that the host has laid there; answers to a program that is over are passed over."""
        while True:
            for message in self._channel.take():
                if message['type'] != 'answer':
                    return message
            self._channel.wait()

    def _deliver(self, message):
        if message['type'] == 'answer':
            self.deliver(message['id'], message.get('value'), message.get('error'))


def write_whole(descriptor, content):
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
`,
  waiting: `"""Waiting without using the processor: \`poll\` is the one call in which the host lets time pass, and an interrupt ends it."""
import math
import operator
import select
import time

# \`poll\` counts milliseconds in 31 bits; what is longer is waited for in turns. Seconds.
LONGEST_TURN = 86_400.0

monotonic = time.monotonic
nothing = select.poll()


def sleep(seconds, /):
    """
    Delay execution for a given number of seconds.  The argument may be
    a floating-point number for subsecond precision.
    """
    end = monotonic() + checked(seconds)
    while (left := end - monotonic()) > 0:
        nothing.poll(math.ceil(min(left, LONGEST_TURN) * 1000))


def checked(seconds):
    """With the errors of CPython's own \`sleep\`."""
    if not isinstance(seconds, float):
        seconds = operator.index(seconds)
    if seconds != seconds:
        raise ValueError('Invalid value NaN (not a number)')
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    if seconds > 2**63 / 10**9:
        raise OverflowError('timestamp too large to convert to C PyTime_t')
    return seconds
`,
}
