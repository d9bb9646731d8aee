"""Waiting without using the processor: `poll` is the one call in which the host lets time pass, and an interrupt ends it."""
import math
import operator
import select
import time

# `poll` counts milliseconds in 31 bits; what is longer is waited for in turns. Seconds.
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
    """With the errors of CPython's own `sleep`."""
    if not isinstance(seconds, float):
        seconds = operator.index(seconds)
    if seconds != seconds:
        raise ValueError('Invalid value NaN (not a number)')
    if seconds < 0:
        raise ValueError('sleep length must be non-negative')
    if seconds > 2**63 / 10**9:
        raise OverflowError('timestamp too large to convert to C PyTime_t')
    return seconds
