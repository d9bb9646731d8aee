"""
What stops a program. An interrupt counts only while a program runs; the deadline is held here too, so that it holds with the line
down (remote.md 9, "Deadline").
"""
import asyncio
import contextlib
import signal
import threading
import time

from _interloop import ledger
from _interloop.kernel import kernel, main_thread
from _interloop.ledger import clock_changed, guard
from _interloop.tracebacks import is_program

AGAIN_SECONDS = 2


def install():
    guard.interrupt = interrupt_at
    kernel._cancel_on_sigint = cancel_on_interrupt
    threading.Thread(target=keep_time, daemon=True, name='interloop').start()


def begin(record):
    signal.signal(signal.SIGINT, on_interrupt)
    record.in_program = True
    clock_changed.set()


def stop(record, reason):
    """Interrupts the program, and again each two seconds. Says whether it ran."""
    with guard:
        if record is None or record is not ledger.current or not record.in_program:
            return False
        record.stopped = record.stopped or reason
        record.stopped_at = time.monotonic()
    signal.pthread_kill(main_thread.ident, signal.SIGINT)
    record.loop.call_soon_threadsafe(lambda: None)  # a cell that awaits is cancelled by IPython, but its loop sleeps on
    return True


def on_interrupt(number, frame):
    record = ledger.current
    if record is None or not record.in_program:
        return
    if record.stopped is None:
        record.was_interrupted = True
    if not guard.postpones():
        interrupt_at(frame)


def interrupt_at(frame):
    """IPython only cancels a cell that awaits, which does not end a loop in it; a KeyboardInterrupt in another task would end the kernel."""
    record = ledger.current
    future = record.future if record is not None else None
    if future is None or future.done():
        raise KeyboardInterrupt
    files = set()
    while frame is not None:
        files.add('program' if is_program(frame.f_code.co_filename) else frame.f_code.co_filename)
        frame = frame.f_back
    if 'program' in files and any(name.endswith('interactiveshell.py') for name in files):
        raise KeyboardInterrupt
    future.cancel()
    record.loop.call_soon_threadsafe(lambda: None)
    if 'program' in files:
        raise asyncio.CancelledError


@contextlib.contextmanager
def cancel_on_interrupt(future):
    """In the place of ipykernel's, which would take our handler away."""
    if ledger.current is not None:
        ledger.current.future = future
    yield


def keep_time():
    while True:
        record = ledger.current
        if record is None or not record.in_program:
            clock_changed.wait(1)
        else:
            if record.stopped:
                left = record.stopped_at + AGAIN_SECONDS - time.monotonic()
            else:
                left = record.limits['wallMs'] / 1000 - record.clock.own()
            if left <= 0:
                stop(record, 'deadline')
                continue
            clock_changed.wait(min(left, 1))
        clock_changed.clear()
