"""The event loop of a session: programs await at top level, and what they started goes on in the next one."""
import os
import threading
import warnings

DEADLOCK = 'deadlock: the event loop has nothing left to wait for'


class EventLoops:
    """`tools` tells whether calls are open, and is told while a loop only waits; `own_threads()` counts threads that are not the program's."""

    def __init__(self, tools, own_threads):
        self._tools = tools
        self._own_threads = own_threads
        self._loop = None
        self.patches = {'asyncio.selector_events': self._patch}

    def begin(self):
        """`asyncio.run` takes the loop of its thread away; the next program finds it again."""
        if self._loop is not None:
            self._session_loop()

    def run(self, coroutine):
        return self._session_loop().run_until_complete(coroutine)

    def _session_loop(self):
        import asyncio

        if self._loop is None:
            with warnings.catch_warnings():
                warnings.simplefilter('ignore', DeprecationWarning)
                try:
                    self._loop = asyncio.get_event_loop()  # a program without `await` may have started tasks
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
