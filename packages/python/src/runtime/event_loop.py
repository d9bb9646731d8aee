"""The event loop of a session: programs await at top level, and what they started goes on in the next one."""
import os
import sys
import threading
import warnings

from _interloop.tracebacks import is_program

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
