"""asyncio without sockets and threads: where a loop would listen to itself, it listens to the host, whose answers alone can wake it."""
from _interloop.channel import DESCRIPTOR


class HostedLoops:
    """`hear` takes what the host has sent."""

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
