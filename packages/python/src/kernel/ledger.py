"""
The ledger of a kernel: one execution for each idempotency key, every key kept, results within `keep_bytes`; who owns the kernel;
attempts that were claimed before they began (remote.md 9, "Exactly once").
"""
import sys
import threading
import time

from _interloop.clock import ProgramClock
from _interloop.kernel import kernel, main_thread, send
from _interloop.outputs import Outputs

epoch = None
owner = None
keep_bytes = 0
# By key, for the session's life.
records = {}
# Attempts that must not begin any more.
claimed = set()
# The record of the program that runs.
current = None
# When the owner was heard last.
heard = time.monotonic()
# Set where the deadline of a program has to be counted anew.
clock_changed = threading.Event()


class Guard:
    """
    The lock of all that is told. An interrupt that comes inside it waits until the main thread leaves it, when `interrupt` gets the
    frame: half a line is never lost.
    """

    def __init__(self):
        self._lock = threading.RLock()
        self._depth = 0
        self._is_due = False
        self.interrupt = None

    def __enter__(self):
        if threading.current_thread() is main_thread:
            self._depth += 1
        self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()
        if threading.current_thread() is main_thread:
            self._depth -= 1
            if self._is_due and self._depth == 0:
                self._is_due = False
                self.interrupt(sys._getframe(1))

    def postpones(self):
        """Whether the main thread is inside; if so it is interrupted when it leaves."""
        self._is_due = self._is_due or self._depth > 0
        return self._depth > 0


guard = Guard()


class Record:
    """One execution: what it told, in order, and how it ended."""

    def __init__(self, key, parent, limits):
        self.key = key
        self.parent = parent
        self.limits = limits
        self.events = []
        self.bytes = 0
        self.end = None
        self.is_gone = False
        self.stopped = None
        self.stopped_at = 0
        self.in_program = False
        self.was_interrupted = False
        # What IPython found, and what it was told in the place of a printed traceback.
        self.ran = self.failed = None
        # Of a cell that awaits.
        self.loop = self.future = None
        # None once the streams have ended.
        self.outputs = Outputs(limits['outputBytes'], self._tell_text, head=(limits['outputBytes'] + 1) // 2)
        self.pending_bytes = 0
        self.flushed = 0
        self.display_bytes = 0
        self.dropped_displays = 0
        # Bytes of each display that can be updated.
        self.updates = {}
        self.start_clock()

    def start_clock(self):
        self.clock = ProgramClock(time.process_time)

    def _tell_text(self, message):
        tell(self, message['type'], {'text': message['text']})


def tell(record, kind, content):
    """Keeps an event and sends it; its number lets the host see what got lost."""
    with guard:
        number = len(record.events)
        record.events.append([kind, content])
        record.bytes += sum(len(value) for value in content.values() if isinstance(value, str)) + 100
        if 'data' in content:
            record.bytes += sum(map(len, content['data'].values()))
        event = {'key': record.key, 'number': number, 'kind': kind, 'content': content}
        send(kernel.iopub_socket, 'interloop_event', event, record.parent, ident=b'interloop')


def admit(asked, parent):
    """The record of a program that may begin, or why it may not."""
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
    """Results beyond the bytes that are kept go, the oldest first; their keys stay."""
    kept = sum(record.bytes for record in records.values())
    for record in list(records.values()):
        if kept <= keep_bytes:
            return
        if record.end is not None and not record.is_gone and record is not current:
            kept -= record.bytes
            record.events, record.bytes, record.is_gone = [], 0, True


def query(key, after=0, claim=None):
    """What became of a key. Where it is not known, the attempt is claimed: a frame that comes late with it is refused."""
    with guard:
        record = records.get(key)
        if record is None:
            if claim is not None:
                claimed.add(claim)
            return {'state': 'absent'}
        if record.outputs is not None:
            record.outputs.flush()
        return {'state': state_of(record), 'events': record.events[after:], 'end': record.end}


def state_of(record):
    if record.is_gone:
        return 'gone'
    return 'running' if record.end is None else 'ended'
