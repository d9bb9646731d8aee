"""
What a program writes, on its way into the ledger. Writes are joined, so that 8,000 flushed prints are a few messages; what child
processes and C write to descriptors 1 and 2 is part of it.
"""
import fcntl
import os
import select
import sys
import termios
import threading
import time

from _interloop import ledger
from _interloop.console import text_stream
from _interloop.interrupts import stop
from _interloop.kernel import is_forked, kernel, main_thread
from _interloop.ledger import guard

# What is written within this time is told together, seconds; more than so many bytes are told at once.
JOINED_SECONDS = 0.05
JOINED_BYTES = 2**16
# How long the thread that sends may take to take over what a program wrote, seconds.
SENT_SECONDS = 0.05
DESCRIPTORS = {'stdout': 1, 'stderr': 2}
ERRORS = {'stdout': 'surrogateescape', 'stderr': 'backslashreplace'}

# IPython's own.
before = {'stdout': sys.stdout, 'stderr': sys.stderr}
streams = {}
pipes = []
wake = threading.Event()


def install():
    pipes.extend(Pipe(name, descriptor) for name, descriptor in DESCRIPTORS.items())
    threading.Thread(target=keep_flushing, daemon=True, name='interloop').start()


def begin():
    """A program may have closed its streams, or put others in their place."""
    for name in DESCRIPTORS:
        if name not in streams or streams[name].closed:
            streams[name] = made(name)
        setattr(sys, name, streams[name])


def made(name):
    def send(content):
        if is_forked():
            os.write(DESCRIPTORS[name], content)  # the pipe brings it to us
        else:
            write(name, 'program', content)

    return text_stream(send, DESCRIPTORS[name], ERRORS[name])


def write(name, source, content):
    record = ledger.current
    if record is None or record.outputs is None:
        before[name].write(content.decode('utf-8', 'replace'))  # of a thread whose program has ended: nobody waits for it
        return
    with guard:
        if record.outputs is None:
            return
        record.outputs.add(name, source, content)
        record.pending_bytes += len(content)
        is_quiet = time.monotonic() - record.flushed > JOINED_SECONDS
        is_told = False
        if record.pending_bytes > JOINED_BYTES or (is_quiet and b'\n' in content):
            is_told = flush(record)
        else:
            wake.set()
        total = record.outputs.bytes
    if is_told and is_quiet:
        await_sent()
    if total > record.limits['outputHardBytes']:
        stop(record, 'output_limit')


def flush(record):
    """Says whether there was anything to tell."""
    with guard:
        told = len(record.events)
        record.pending_bytes, record.flushed = 0, time.monotonic()
        if record.outputs is not None:
            record.outputs.flush()
        return len(record.events) > told


def flush_text():
    """What stands before a display, a call or an end, without a new line after it."""
    for stream in streams.values():
        if not stream.closed:
            stream.flush()


def await_sent():
    """Until the thread that sends has taken it over: what a program wrote before it broke its interpreter is not lost."""
    if threading.current_thread() is main_thread:
        sent = threading.Event()
        kernel.iopub_thread.schedule(sent.set)
        sent.wait(SENT_SECONDS)


def keep_flushing():
    while True:
        wake.wait()
        wake.clear()
        time.sleep(0.03)
        with guard:
            if ledger.current is not None:
                flush(ledger.current)


def end(record):
    """Tells the tails; what was dropped, by the names of a result."""
    flush_text()
    for pipe in pipes:
        pipe.drain()
    with guard:
        dropped = {} if record.outputs is None else record.outputs.finish()
        record.outputs = None
    return dropped


class Pipe:
    """What child processes and C write to a descriptor."""

    def __init__(self, name, descriptor):
        self._name = name
        self._lock = threading.Lock()
        self._source, sink = os.pipe()
        os.dup2(sink, descriptor)
        os.close(sink)
        threading.Thread(target=self._read, daemon=True, name='interloop').start()

    def _read(self):
        while True:
            select.select([self._source], [], [])
            with self._lock:
                content = os.read(self._source, 2**16)
                if not content:
                    return
                write(self._name, 'pipe', content)

    def drain(self):
        """Waits, half a second at most, until what was written before has been read."""
        for _ in range(500):
            with self._lock:
                unread = fcntl.ioctl(self._source, termios.FIONREAD, bytes(4))
                if int.from_bytes(unread, sys.byteorder) == 0:
                    return
            time.sleep(0.001)
