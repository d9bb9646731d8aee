"""Tools of the host: `tools.name(…)` returns the value, `tools.aio.name(…)` an awaitable of a call that has started."""
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
    The calls of a session. `transport.call(id, name, arguments)` sends one, with JSON as arguments; `transport.wait(call)`
    returns when it is answered; `transport.tell` is told when the program only waits for answers, and when it goes on.
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
