/**
 * Host tools: \`tools.name(…)\` and \`tools.aio.name(…)\`. A call leaves on the stdin socket and is repeated each half second until it is
 * acknowledged; its answer comes on control (remote.md 9, "Channels"). Python.
 */
export const TOOLS: string = `
ARGUMENT_BYTES, OPEN_CALLS, ALL_CALLS, DEPTH = 2 ** 20, 16, 5_000, 64
open_calls = {}
numbers = itertools.count(1)

class ToolError(Exception):
    "What a host tool failed with."

class Call:
    def __init__(self, record, name, arguments):
        encoded = json.dumps(arguments, allow_nan=False)
        if len(encoded.encode()) > ARGUMENT_BYTES:
            raise ToolError(f'the arguments of {name} are larger than {ARGUMENT_BYTES} bytes')
        if depth_of(arguments) > DEPTH:
            raise ToolError(f'the arguments of {name} are deeper than {DEPTH}')
        with guard:
            if len(open_calls) >= OPEN_CALLS:
                raise ToolError(f'at most {OPEN_CALLS} calls can be open at a time')
            if record.calls >= ALL_CALLS:
                raise ToolError(f'a program can make at most {ALL_CALLS} calls')
            record.calls += 1
            self.id, self.record, self.is_told, self.is_done = str(next(numbers)), record, False, threading.Event()
            self.name, self.arguments, self.answer, self.on_done, self.parts = name, arguments, None, None, {}
            record.open_calls += 1
            open_calls[self.id] = self
            flush(record)
        self.send()
    def send(self):
        with guard:
            real_send(kernel.stdin_socket, 'interloop_call', {'key': self.record.key, 'id': self.id, 'name': self.name, 'arguments': self.arguments},
                self.record.parent, ident=idents_of())
    def settle(self, answer):
        with guard:
            if open_calls.pop(self.id, None) is None:
                return
            self.answer = answer
            self.record.open_calls -= 1
        self.is_done.set()
        if self.on_done:
            self.on_done()
    def value(self):
        if self.answer is None:
            raise ToolError(f'the call of {self.name} was cancelled')
        if 'error' in self.answer:
            raise ToolError(self.answer['error'])
        return self.answer.get('value')

def depth_of(value):
    deepest, level = 0, [value]
    while level and deepest <= DEPTH + 1:
        deepest += 1
        level = [item for each in level if isinstance(each, (list, tuple, dict)) for item in (each.values() if isinstance(each, dict) else each)]
    return deepest

def idents_of():
    "To whom the program's own reply goes."
    if hasattr(kernel, '_shell_parent_ident'):
        shared = kernel._shell_parent_ident
        return kernel._get_shell_context_var(shared) if hasattr(kernel, '_get_shell_context_var') else shared.get()
    return kernel._parent_ident['shell']

class Tools:
    "The functions of the host."
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        def call(*positional, **named):
            made = start_call(name, positional, named)
            try:
                with made.record.waiting():
                    made.is_done.wait()
            except BaseException:
                made.settle(None)
                raise
            return made.value()
        call.__name__ = name
        return call

class AsyncTools:
    "The same, each an awaitable of a call that has started."
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        def call(*positional, **named):
            made = start_call(name, positional, named)
            loop = asyncio.get_running_loop()
            watch_loop(loop)
            future = loop.create_future()
            def finish():
                if not future.done():
                    try:
                        future.set_result(made.value())
                    except ToolError as error:
                        future.set_exception(error)
            made.on_done = lambda: loop.call_soon_threadsafe(finish)
            if made.is_done.is_set():
                finish()
            future.add_done_callback(lambda _: made.settle(None))
            return future
        call.__name__ = name
        return call

Tools.aio = AsyncTools()

def start_call(name, positional, named):
    if current is None:
        raise ToolError('host tools can be called only while a program runs')
    if positional:
        if named or len(positional) > 1 or not isinstance(positional[0], dict):
            raise TypeError(f'tools.{name} takes its arguments by name')
        named = positional[0]
    return Call(current, name, named)

def keep_calling():
    while True:
        time.sleep(0.5)
        for call in list(open_calls.values()):
            if not call.is_told:
                try:
                    call.send()
                except Exception: # the socket is of no use any more; the host asks for what is open
                    pass

def cancel_calls(record):
    for call in list(open_calls.values()):
        call.settle(None)

def heard_call(id):
    call = open_calls.get(id)
    if call is not None:
        call.is_told = True
    return {}

def answer(id, answer):
    call = open_calls.get(id)
    if call is not None:
        call.settle(answer)
    return {}

def answer_part(id, index, count, content):
    "An answer that is too large for one message."
    call = open_calls.get(id)
    if call is not None:
        call.parts[index] = base64.b64decode(content)
        if len(call.parts) == count:
            call.settle(json.loads(b''.join(call.parts[number] for number in range(count))))
    return {}

def watch_loop(loop):
    "Time in which the event loop has nothing to do but to wait for tools is theirs."
    if getattr(loop, '_interloop', False) or not hasattr(loop, '_selector'):
        return
    loop._interloop, select_now = True, loop._selector.select
    def watched(timeout=None):
        record = current
        if record is None or not record.open_calls or not record.in_program or timeout == 0:
            return select_now(timeout)
        with record.waiting():
            return select_now(timeout)
    loop._selector.select = watched

def calls():
    "What is open, for a host that missed it."
    return {'calls': [{'key': call.record.key, 'id': call.id, 'name': call.name, 'arguments': call.arguments} for call in list(open_calls.values())]}
`
