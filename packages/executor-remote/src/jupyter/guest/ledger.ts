/**
 * The ledger of a kernel: one execution for each idempotency key, every key kept, results within `keep_bytes`; who owns the kernel;
 * attempts that were claimed before they began (remote.md 9, "Exactly once"). Python; all parts of the guest share one namespace.
 */
export const LEDGER: string = `
import ast, asyncio, base64, builtins, codecs, contextlib, fcntl, functools, hashlib, importlib, importlib.machinery, importlib.util, inspect, io
import itertools, json, linecache, mimetypes, os, pathlib, platform, queue, resource, select, shutil, signal, stat, struct, sys
import tempfile, termios, threading, time, traceback, types, uuid
from IPython import get_ipython

ip = get_ipython()
kernel = ip.kernel
session = kernel.session
real_send = session.send
main_thread = threading.main_thread()
pid = os.getpid()
records = {}          # by key, for the session's life
claimed = set()       # attempts that must not begin any more
current = None        # the record of the program that runs
heard = time.monotonic()

class Guard:
    "The lock of all that is told. An interrupt that comes inside it is raised when the main thread leaves it: half a line is never lost."
    def __init__(self):
        self.lock, self.depth, self.is_due = threading.RLock(), 0, False
    def __enter__(self):
        if threading.current_thread() is main_thread:
            self.depth += 1
        self.lock.acquire()
    def __exit__(self, *_):
        self.lock.release()
        if threading.current_thread() is main_thread:
            self.depth -= 1
            if self.is_due and not self.depth:
                self.is_due = False
                interrupt_at(sys._getframe(1))

guard = Guard()

class Record:
    "One execution: what it told, in order, and how it ended."
    def __init__(self, key, parent, limits):
        self.key, self.parent, self.limits = key, parent, limits
        self.events, self.bytes, self.end, self.is_gone = [], 0, None, False
        self.stopped, self.stopped_at, self.in_program, self.was_interrupted = None, 0, False, False
        self.ran = self.failed = self.future = None
        self.streams = {name: Retained(limits['outputBytes']) for name in ('stdout', 'stderr')}
        self.pending, self.pending_name, self.pending_bytes, self.flushed = [], None, 0, 0
        self.display_bytes, self.dropped_displays, self.updates = 0, 0, {}
        self.open_calls, self.calls, self.blocked_since, self.blocked_seconds = 0, 0, None, 0
    def own_seconds(self):
        "Time from the first line, without that in which it waited for tools, but never less than that of the processor (remote.md 9)."
        now, since = time.perf_counter(), self.blocked_since
        waited = self.blocked_seconds + (now - since if since is not None else 0)
        return max(now - self.begun - waited, time.process_time() - self.begun_cpu)
    @contextlib.contextmanager
    def waiting(self):
        "While the interpreter is blocked in calls of tools."
        self.blocked_since = time.perf_counter()
        try:
            yield
        finally:
            self.blocked_seconds += time.perf_counter() - self.blocked_since
            self.blocked_since = None
            begun.set() # the deadline counts again

def tell(record, kind, content):
    "Keeps an event in the ledger and sends it; its number lets the host see what got lost."
    with guard:
        number = len(record.events)
        record.events.append([kind, content])
        record.bytes += sum(len(value) for value in content.values() if isinstance(value, str)) + 100
        if 'data' in content:
            record.bytes += sum(map(len, content['data'].values()))
        real_send(kernel.iopub_socket, 'interloop_event', {'key': record.key, 'number': number, 'kind': kind, 'content': content},
            record.parent, ident=b'interloop')

def admit(asked, parent):
    "The record of a program that may begin, or why it may not."
    with guard:
        if asked['owner'] != owner:
            return None, {'refused': 'fenced'}
        record = records.get(asked['key'])
        if record is not None:
            return None, {'refused': 'known', 'state': state_of(record), 'end': record.end}
        if asked['attempt'] in claimed:
            return None, {'refused': 'claimed'}
        record = records[asked['key']] = Record(asked['key'], parent, asked['limits'])
        return record, None

def forget_oldest():
    "Results beyond the bytes that are kept go, the oldest first; their keys stay."
    kept = sum(record.bytes for record in records.values())
    for record in list(records.values()):
        if kept <= keep_bytes:
            return
        if record.end is not None and not record.is_gone and record is not current:
            kept -= record.bytes
            record.events, record.bytes, record.is_gone, record.streams = [], 0, True, {}

def state_of(record):
    return 'gone' if record.is_gone else 'running' if record.end is None else 'ended'

def query(key, after=0, claim=None):
    "What became of a key. Where it is not known, the attempt is claimed: a frame that comes late with it is refused."
    with guard:
        record = records.get(key)
        if record is None:
            if claim is not None:
                claimed.add(claim)
            return {'state': 'absent'}
        if record is current:
            flush(record)
        return {'state': state_of(record), 'events': record.events[after:], 'end': record.end}

def own(new_owner):
    "Takes the kernel over: whoever owned it before is refused from now on."
    global owner
    with guard:
        owner = new_owner
    return session._interloop().info
`
