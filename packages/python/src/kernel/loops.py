"""The event loop of a kernel, which programs await on, and those that they run beside it."""
import asyncio
import functools
import threading

from _interloop.calls import tools
from _interloop.event_loop import EventLoops
from _interloop.kernel import main_thread
from _interloop.patches import patch_when_loaded

# A kernel has threads that may wake a loop, as far as anybody knows.
loops = EventLoops(tools, lambda: 0)


def install():
    patch_when_loaded(loops.patches)
    asyncio.run = run_beside(asyncio.run)


def watch(loop):
    """That of the kernel was there before."""
    if hasattr(loop, '_selector') and not getattr(loop, '_interloop', False):
        loop._interloop = True
        loops.watch(loop)


def run_beside(run):
    """A kernel's loop runs while a cell does, so that asyncio.run, which programs are full of, would be refused: it gets a loop of its own."""

    @functools.wraps(run)
    def run_beside_kernel(*arguments, **options):
        running = asyncio.events._get_running_loop()
        if running is None or threading.current_thread() is not main_thread:
            return run(*arguments, **options)
        asyncio.events._set_running_loop(None)
        try:
            return run(*arguments, **options)
        finally:
            asyncio.events._set_running_loop(running)
            asyncio.set_event_loop(running)

    return run_beside_kernel
