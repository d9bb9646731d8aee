// Written by build.ts from src/kernel; not to be changed by hand.

/** The Python files that stand in an IPython kernel beside the runtime, by name. */
export const KERNEL_SOURCES: Readonly<Record<string, string>> = {
  boot: `"""What a kernel runs first. It is given \`options\` and \`sources\`; \`booted\` is what the guest says of itself, None where this is no IPython kernel."""


def kernel_of_ipython():
    try:
        from ipykernel.ipkernel import IPythonKernel
        from IPython import get_ipython

        kernel = get_ipython().kernel
    except (ImportError, AttributeError):
        return None
    return kernel if isinstance(kernel, IPythonKernel) else None


def installed(kernel):
    if getattr(kernel.session, '_interloop', None) is None:
        import types

        loader = types.ModuleType('_interloop_loader')
        exec(compile(sources['loader'], '<interloop>/loader.py', 'exec'), loader.__dict__)
        loader.install(sources)
        from _interloop.guest import install

        kernel.session._interloop = install(options)
    return kernel.session._interloop()


kernel = kernel_of_ipython()
booted = None if kernel is None else installed(kernel)
`,
  calls: `"""
Calls of host tools: one leaves on the stdin socket and is repeated each half second until it is acknowledged; its answer comes on
control (remote.md 9, "Channels").
"""
import base64
import json
import threading
import time

from _interloop import ledger, streams
from _interloop.kernel import is_forked, kernel, send
from _interloop.ledger import clock_changed, guard
from _interloop.tools import ToolCalls, ToolError

AGAIN_SECONDS = 0.5


class Sent:
    """A call on its way: what is repeated, and the parts of an answer that is too large for one message."""

    def __init__(self, record, call):
        self.record = record
        self.call = call
        self.is_heard = False
        self.parts = {}


class Transport:
    """What \`ToolCalls\` needs, over the channels of a kernel."""

    def __init__(self):
        self.sent = {}

    def call(self, identity, name, arguments):
        record = ledger.current
        if is_forked():
            raise RuntimeError('tools can be called by the process of the program alone, not by one that it forked')
        if record is None:
            tools.open_calls.pop(identity, None)
            raise ToolError('host tools can be called only while a program runs')
        streams.flush_text()
        with guard:
            streams.flush(record)
            record.clock.count_call(1)
            # Events take a channel of their own: the host takes a call after those that were told before it.
            told = len(record.events)
            call = {'key': record.key, 'id': identity, 'name': name, 'arguments': json.loads(arguments), 'after': told}
            sent = self.sent[identity] = Sent(record, call)
            self.send(sent)

    def wait(self, call):
        try:
            call.is_done.wait()
        finally:
            self.forget(call.id)

    def tell(self, message):
        """That the program only waits for answers, or goes on."""
        with guard:
            if ledger.current is not None:
                ledger.current.clock.set_waiting(message['isWaiting'])
        clock_changed.set()

    def send(self, sent):
        with guard:
            send(kernel.stdin_socket, 'interloop_call', sent.call, sent.record.parent, ident=owner_of_program())

    def forget(self, identity):
        with guard:
            sent = self.sent.pop(identity, None)
            if sent is not None:
                sent.record.clock.count_call(-1)
        clock_changed.set()
        return sent


transport = Transport()
tools = ToolCalls(transport)


def install():
    threading.Thread(target=keep_calling, daemon=True, name='interloop').start()


def end():
    tools.end()
    for identity in list(transport.sent):
        transport.forget(identity)


def owner_of_program():
    """To whom the program's own reply goes."""
    if hasattr(kernel, '_shell_parent_ident'):
        shared = kernel._shell_parent_ident
        return kernel._get_shell_context_var(shared) if hasattr(kernel, '_get_shell_context_var') else shared.get()
    return kernel._parent_ident['shell']


def keep_calling():
    while True:
        time.sleep(AGAIN_SECONDS)
        for sent in list(transport.sent.values()):
            if not sent.is_heard:
                try:
                    transport.send(sent)
                except Exception:  # the socket is of no use any more; the host asks for what is open
                    pass


def heard_call(id):
    sent = transport.sent.get(id)
    if sent is not None:
        sent.is_heard = True
    return {}


def answer(id, answer):
    transport.forget(id)
    tools.deliver(id, answer.get('value'), answer.get('error'))
    return {}


def answer_part(id, index, count, content):
    sent = transport.sent.get(id)
    if sent is not None:
        sent.parts[index] = base64.b64decode(content)
        if len(sent.parts) == count:
            answer(id, json.loads(b''.join(sent.parts[number] for number in range(count))))
    return {}


def open_calls():
    """For a host that missed them."""
    return {'calls': [sent.call for sent in list(transport.sent.values())]}
`,
  cells: `"""How one program runs: IPython runs the cell; its beginning, and the shape of its end, are here."""
import asyncio
import importlib
import inspect
import os
import resource
import signal
import time

from _interloop import calls, folder, interrupts, ledger, loops, shown, streams
from _interloop.errors import own_error, told
from _interloop.kernel import clean, is_forked, kernel, send
from _interloop.ledger import guard, tell
from _interloop.program import left_by

run_cell = kernel.shell_handlers['execute_request']
programs = 0


def install():
    kernel.shell_handlers['execute_request'] = execute_request
    kernel.shell.events.register('post_run_cell', ended)
    os._exit, os.abort = exiting(os._exit), exiting(os.abort)


def number():
    return programs


async def execute_request(stream, ident, parent):
    ledger.heard = time.monotonic()
    asked = (parent.get('metadata') or {}).get('interloop')
    if asked is None:
        ran = run_cell(stream, ident, parent)
        return (await ran) if inspect.isawaitable(ran) else ran
    record, refusal = ledger.admit(asked, parent)
    if record is None:
        if refusal.get('state') != 'running':
            refused = {'status': 'aborted', 'interloop': {'key': asked['key'], 'attempt': asked['attempt'], **refusal}}
            send(stream, 'execute_reply', refused, parent, ident=ident)
        return None
    before = signal.getsignal(signal.SIGINT)
    record.loop = asyncio.get_running_loop()
    loops.watch(record.loop)
    # It comes beside the message's own code, which is empty: a kernel without this guest, started anew by somebody, runs nothing.
    parent['content']['code'] = asked['code']
    begin(record)
    try:
        ran = run_cell(stream, ident, parent)
        if inspect.isawaitable(ran):
            await ran
    except BaseException as error:  # an interrupt that came when the program had just ended
        if record.failed is None:
            record.failed = error
    finally:
        signal.signal(signal.SIGINT, before)
        if record.end is None:
            reply = {'status': 'error', 'ename': 'KeyboardInterrupt', 'evalue': '', 'traceback': [], 'execution_count': 0}
            send(stream, 'execute_reply', finish(record, reply), parent, ident=ident)
        with guard:
            ledger.current = None
            ledger.forget_oldest()
    return None


def begin(record):
    global programs
    programs += 1
    shown.figures.begin()
    calls.tools.begin()
    importlib.invalidate_caches()
    streams.begin()
    folder.stand_in()
    with guard:
        ledger.current = record
        tell(record, 'started', {})
    streams.await_sent()  # so that who did not hear it knows that nothing began
    record.start_clock()
    interrupts.begin(record)


def ended(result):
    """IPython calls it when the cell has ended, before it makes its reply."""
    record = ledger.current
    if record is not None:
        record.in_program = False
        record.ran = result


def finish(record, reply):
    """The reply of a program, from that of IPython."""
    record.in_program = False
    end = {'usage': usage_of(record.clock)}
    try:
        end.update(described(record, reply))
        if record.ran is not None or reply['status'] == 'ok':
            shown.figures.show_open()
        calls.end()
        dropped = streams.end(record)
        if record.dropped_displays:
            dropped['displays'] = record.dropped_displays
        if dropped:
            end['dropped'] = dropped
        end['files'] = folder.changes()
    except BaseException as error:
        end.setdefault('reason', 'exception')
        end.setdefault('files', [])
        end['warnings'] = [f'the end of the program could not be described whole: {type(error).__name__}: {clean(str(error))[:1000]}']
    if record.stopped is not None:
        end['stopped'] = record.stopped
    end['wasInterrupted'] = record.was_interrupted
    with guard:
        end['events'] = len(record.events)
        record.end = end
    # Its own text of the error is not needed, and may be none that can be sent.
    kept = {name: reply[name] for name in ('status', 'execution_count', 'payload') if name in reply}
    told_end = {'key': record.key, 'epoch': ledger.epoch, 'end': end}
    return {'ename': '', 'evalue': '', 'traceback': [], 'user_expressions': {}, **kept, 'interloop': told_end}


def usage_of(clock):
    return {
        'wallMs': max(0.0, clock.elapsed() - clock.waited()) * 1000,
        'cpuMs': clock.cpu() * 1000,
        'toolMs': clock.waited() * 1000,
        'peakMemoryBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def described(record, reply):
    error, is_before = own_error(record)
    if isinstance(error, asyncio.CancelledError) and (record.stopped or record.was_interrupted):
        error = KeyboardInterrupt().with_traceback(error.__traceback__)
    if isinstance(error, SystemExit):
        return left_by(error)
    if error is not None:
        return told(error, 'syntax_error' if is_before and isinstance(error, (SyntaxError, ValueError)) else 'exception')
    if reply['status'] == 'error':
        named = {'name': clean(reply.get('ename', 'Exception')), 'value': clean(reply.get('evalue', ''))[:10_000], 'traceback': ''}
        return {'reason': 'exception', 'error': named}
    return {'reason': 'completed'}


def exiting(leave):
    """What was written is told before the process ends itself."""

    def exit_told(*arguments):
        record = ledger.current
        if record is not None and not is_forked():
            streams.end(record)
            time.sleep(0.1)  # the socket sends in a thread of its own
        leave(*arguments)

    return exit_told
`,
  errors: `"""What ended a program, taken from IPython before it prints it; programs are named by their number."""
import codeop
import sys

from _interloop import ledger
from _interloop.kernel import cleaned, shell
from _interloop.program import without_indentation
from _interloop.tracebacks import failure


def install(number):
    """\`number()\` is that of the program that runs."""
    shell.compile.get_code_name = lambda raw, transformed, count: f'<program {number()}>'
    # A text that stops too early is an error of its own kind, as everywhere.
    shell.compile.flags &= ~getattr(codeop, 'PyCF_ALLOW_INCOMPLETE_INPUT', 0)
    transforms = shell.input_transformer_manager.cleanup_transforms
    for index, transform in enumerate(transforms):
        if getattr(transform, '__name__', '') == 'leading_empty_lines':
            transforms[index] = with_leading_lines
    shell.showsyntaxerror = shell.showindentationerror = lambda *arguments, **options: None
    shell.showtraceback = take_error


def with_leading_lines(lines):
    """In the place of IPython's, which drops empty lines at the beginning, so that all line numbers after them are wrong."""
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[first:] and lines[first].startswith('%%'):
        return lines[first:]
    return without_indentation(''.join(lines)).splitlines(keepends=True)


def take_error(exc_tuple=None, *arguments, **options):
    """In the place of IPython's: what ended the program is told with its end, what a magic caught is printed."""
    record = ledger.current
    if record is None:
        return
    if exc_tuple is None and (options.get('running_compiled_code') or options.get('exception_only')):
        if record.failed is None:
            record.failed = sys.exc_info()[1]
    else:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        sys.stderr.write(told(error)['error']['traceback'])


def own_error(record):
    """What ended the program, not what IPython raised in its turn when it looked at that; and whether nothing ran."""
    if record.ran is None:
        return record.failed, False
    before, error = record.ran.error_before_exec, record.ran.error_in_exec
    if before is not None:
        return before, True
    return (error if error is None or record.failed is None else record.failed), False


def told(error, reason='exception'):
    return cleaned(failure(error, reason))
`,
  folder: `"""The working folder of a session, served over the control channel."""
import base64
import hashlib
import os
import shutil
import stat
import tempfile
import threading

from _interloop.files import Folder, parts_of
from _interloop.kernel import cleaned

# What is larger is told without its hash: nobody can stop the kernel while it reads.
HASHED_BYTES = 64 * 2**20

path = None
parts_path = None
lock = threading.RLock()


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class KernelFolder(Folder):
    def __init__(self, root):
        super().__init__(root, HASHED_BYTES)

    def make_way(self, name):
        """The folders of a file, for a server that shares them."""
        os.close(self._open_folder(parts_of(name)[:-1], make=True))

    def note(self, name):
        """The host's server wrote it, so no program did."""
        *folders, last = parts_of(name)
        parent = self._open_folder(folders)
        try:
            self._look_at(parent, last, name, self._known, self._known)
        finally:
            os.close(parent)

    def is_at(self, root):
        try:
            status = os.stat(root)
        except OSError:
            return False
        return os.path.samestat(status, os.fstat(self._root)) and stat.S_ISDIR(status.st_mode)


served = None


def install(wanted):
    global path, parts_path
    path = make_folder(wanted)
    parts_path = tempfile.mkdtemp(prefix='interloop-')
    stand_in()
    changes()  # what a lost kernel left is no change of a program


def make_folder(wanted):
    """One for each session, where the kernel stands, or among the temporary ones where that cannot be written."""
    for base in (os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()):
        made = os.path.join(base, wanted)
        try:
            os.makedirs(made, exist_ok=True)
            if os.access(made, os.W_OK | os.X_OK):
                return os.path.realpath(made)
        except OSError:
            continue
    raise Refused('unsupported', 'the kernel has no folder that it can write to')


def stand_in():
    """A program may have removed the folder that it stood in."""
    opened()
    try:
        os.getcwd()
    except OSError:
        os.chdir(path)


def opened():
    """The folder by its descriptor; another one where a program put another in its place."""
    global served
    with lock:
        if served is None or not served.is_at(path):
            if served is not None:
                served.close()
            os.makedirs(path, exist_ok=True)
            served = KernelFolder(path)
        return served


def put(path, content, part, offset, sha256=None, names=()):
    """A part of a file, written aside; with the last one, whose sha256 is told, it takes its names."""
    aside = os.path.join(parts_path, part)
    with open(aside, 'r+b' if os.path.exists(aside) else 'w+b') as file:
        file.seek(offset)
        file.write(base64.b64decode(content))
        if sha256 is None:
            return {}
        file.truncate()
        file.seek(0)
        whole = file.read()
    os.remove(aside)
    refuse_other(path, whole, sha256)
    with lock:
        for name in (path, *names):
            opened().put(name, whole)
    return {}


def placed(path, sha256, names=()):
    """What the server wrote: checked, given its further names, and none of a program's doing."""
    with lock:
        whole = b''.join(found(path))
        refuse_other(path, whole, sha256)
        opened().note(path)
        for name in names:
            opened().put(name, whole)
    return {}


def refuse_other(path, content, sha256):
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused('protocol', f'the file {path!r} did not arrive whole')


def found(path):
    try:
        yield from opened().read(path)
    except FileNotFoundError:
        raise Refused('not_found', f'there is no regular file {path!r}') from None


def read(path, offset, length):
    try:
        stream, size = opened().open(path)
    except FileNotFoundError:
        raise Refused('not_found', f'there is no regular file {path!r}') from None
    with stream:
        stream.seek(offset)
        return {'size': size, 'content': base64.b64encode(stream.read(length)).decode()}


def fingerprint(path):
    digest, size = hashlib.sha256(), 0
    for piece in found(path):
        digest.update(piece)
        size += len(piece)
    return {'size': size, 'sha256': digest.hexdigest()}


def make_way(path):
    opened().make_way(path)
    return {}


def remove(path):
    with lock:
        opened().remove(path)
    return {}


def list_files():
    return {'files': cleaned(opened().list())}


def changes():
    with lock:
        return cleaned(opened().changes())


def close():
    """The folder goes with the session."""
    os.chdir(tempfile.gettempdir())
    for each in (path, parts_path):
        shutil.rmtree(each, ignore_errors=True)
    return {}
`,
  guest: `"""The guest of a kernel: what the host asks on the control channel, answered while the main thread is busy; and how all is put into place."""
import builtins
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import shutil
import sys
import threading
import time
import warnings

from _interloop import calls, cells, errors, folder, interrupts, ledger, loops, shown, streams
from _interloop.console import read_input
from _interloop.kernel import clean, kernel, send, shell
from _interloop.ledger import guard
from _interloop.patches import patch_when_loaded
from _interloop.processes import Processes
from _interloop.tools import ToolError, Tools

exit_process = os._exit
missing = []


def install(options):
    """Returns what tells of the guest, as a value of \`user_expressions\`."""
    ledger.epoch, ledger.owner, ledger.keep_bytes = options['epoch'], options['owner'], options['keepBytes']
    folder.install(options['folder'])
    missing.extend(name for name in options['imports'] if not is_imported(name))
    interrupts.install()
    streams.install()
    shown.install(cells.finish)
    errors.install(cells.number)
    loops.install()
    calls.install()
    cells.install()
    patch_when_loaded(Processes(lambda: None).patches)
    kernel.control_handlers['interloop_request'] = on_request
    change_environment()
    os.chdir(folder.path)
    orphan_seconds = options['orphanMs'] / 1000
    threading.Thread(target=keep_orphans_away, args=(orphan_seconds,), daemon=True, name='interloop').start()
    return lambda: Info(info())


def is_imported(name):
    try:
        importlib.import_module(name)
        return True
    except Exception:
        return False


def change_environment():
    os.environ['PYTHONUNBUFFERED'] = '1'
    os.environ['MPLBACKEND'] = 'Agg'
    if 'matplotlib' in sys.modules:
        sys.modules['matplotlib'].use('Agg', force=True)
    sys.argv = ['']
    sys.dont_write_bytecode = True
    builtins.tools, builtins.ToolError = Tools(calls.tools), ToolError
    kernel.raw_input = read_input

    def leave(code=None):
        raise SystemExit(code)

    shell.user_ns['exit'] = shell.user_ns['quit'] = leave
    warnings.filterwarnings('ignore', message='To exit: use', category=UserWarning)


def info():
    return {
        'epoch': ledger.epoch,
        'folder': folder.path,
        'python': platform.python_version(),
        'implementation': platform.python_implementation(),
        'missing': missing,
    }


class Info:
    """Its repr is JSON, since what becomes of a value is a kernel's own."""

    def __init__(self, told):
        self._told = told

    def __repr__(self):
        return json.dumps(self._told)


def on_request(stream, ident, parent):
    ledger.heard = time.monotonic()
    asked = parent['content']
    try:
        if asked.get('owner') != ledger.owner and asked['operation'] != 'own':
            answered = {'status': 'fenced'}
        else:
            answered = {'status': 'ok', 'value': OPERATIONS[asked['operation']](**asked.get('arguments', {}))}
    except folder.Refused as error:
        answered = {'status': 'refused', 'code': error.code, 'message': clean(str(error))}
    except Exception as error:
        answered = {'status': 'error', 'message': clean(f'{type(error).__name__}: {error}')}
    with guard:
        send(stream, 'interloop_reply', {'epoch': ledger.epoch, **answered}, parent, ident=ident)


def own(new_owner):
    """Takes the kernel over: whoever owned it before is refused from now on."""
    with guard:
        ledger.owner = new_owner
    return info()


def stop_program(key, reason):
    """Stops the program of a key, where it runs."""
    return {'isRunning': interrupts.stop(ledger.records.get(key), reason)}


def packages():
    """What is installed, with the names that it is imported by."""
    found = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata['Name']
        if name and name not in found:
            found[name] = {'name': clean(name), 'version': clean(str(distribution.version)), 'imports': imports_of(distribution)}
    return {'packages': sorted(found.values(), key=lambda each: each['name'].lower())}


def imports_of(distribution):
    top = (distribution.read_text('top_level.txt') or '').split()
    if not top:
        paths = [path.parts[0] for path in distribution.files or () if path.suffix == '.py' and path.parts and path.parts[0] != '..']
        top = sorted({part[:-3] if part.endswith('.py') else part for part in paths})
    return [part for part in top if part.isidentifier() and importlib.util.find_spec(part) is not None][:20]


def keep_orphans_away(orphan_seconds):
    """A kernel whose owner was not heard empties itself: it ends, and its server starts it anew, with nothing in it."""
    while True:
        time.sleep(min(30, orphan_seconds / 4))
        if ledger.current is None and time.monotonic() - ledger.heard > orphan_seconds:
            shutil.rmtree(folder.path, ignore_errors=True)
            exit_process(0)


OPERATIONS = {
    'query': ledger.query,
    'own': own,
    'stop': stop_program,
    'ping': dict,
    'packages': packages,
    'close': folder.close,
    'put': folder.put,
    'read': folder.read,
    'remove': folder.remove,
    'list': folder.list_files,
    'make_way': folder.make_way,
    'placed': folder.placed,
    'fingerprint': folder.fingerprint,
    'answer': calls.answer,
    'answer_part': calls.answer_part,
    'heard': calls.heard_call,
    'calls': calls.open_calls,
}
`,
  interrupts: `"""
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
`,
  kernel: `"""The IPython kernel that this runs in."""
import os
import threading

from IPython import get_ipython

shell = get_ipython()
kernel = shell.kernel
session = kernel.session
# Before anything takes its place.
send = session.send
main_thread = threading.main_thread()
pid = os.getpid()


def is_forked():
    return os.getpid() != pid


def clean(text):
    """Text that can be sent: half a pair of UTF-16 cannot, and is what it becomes on its way elsewhere."""
    return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')


def cleaned(value):
    """The same of every text in data."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: cleaned(member) for name, member in value.items()}
    return [cleaned(member) for member in value] if isinstance(value, list) else value
`,
  ledger: `"""
The ledger of a kernel: one execution for each idempotency key, every key kept, results within \`keep_bytes\`; who owns the kernel;
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
    The lock of all that is told. An interrupt that comes inside it waits until the main thread leaves it, when \`interrupt\` gets the
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
`,
  loops: `"""The event loop of a kernel, which programs await on, and those that they run beside it."""
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
`,
  shown: `"""What a program shows: what IPython displays goes through \`session.send\`, figures through matplotlib itself; each becomes an event."""
import json

from _interloop import ledger, streams
from _interloop.displays import TEXT_CHARACTERS, bundle, text_of
from _interloop.figures import Figures
from _interloop.kernel import clean, is_forked, send, session, shell
from _interloop.ledger import guard, tell
from _interloop.patches import patch_when_loaded

KINDS = {'display_data': 'display', 'update_display_data': 'update', 'execute_result': 'value', 'clear_output': 'clear'}


def install(finish):
    """\`finish\` makes the reply of a program from that of IPython."""

    def send_event(stream, msg_or_type, content=None, parent=None, ident=None, **options):
        record = ledger.current
        is_whole = not isinstance(msg_or_type, str)
        kind = msg_or_type['header']['msg_type'] if is_whole else msg_or_type
        if record is not None and not is_forked():
            said = msg_or_type['content'] if is_whole else content
            if kind in KINDS:
                show(KINDS[kind], said)
                return None
            if kind == 'error':
                return None
            if kind == 'execute_reply' and record.end is None:
                return send(stream, kind, finish(record, dict(said)), parent or record.parent, ident=ident)
        return send(stream, msg_or_type, content=content, parent=parent, ident=ident, **options)

    session.send = send_event
    shell.display_formatter.format = formatted
    patch_when_loaded(figures.patches)


def formatted(item, include=None, exclude=None):
    """In the place of IPython's: an object means the same as everywhere."""
    if shell.display_formatter.ipython_display_formatter(item):
        return {}, {}
    data = bundle(item)
    return {name: data[name] for name in data if (not include or name in include) and name not in (exclude or ())}, {}


def show(kind, content):
    record = ledger.current
    if record is None or record.end is not None:
        return
    streams.flush_text()
    with guard:
        streams.flush(record)
        if kind == 'clear':
            tell(record, 'clear', {'wait': bool(content.get('wait'))})
            return
        data = {clean(str(name)): clean(text_of(value)) for name, value in content['data'].items()}
        if 'text/plain' in data:
            data['text/plain'] = data['text/plain'][:TEXT_CHARACTERS]
        size = sum(map(len, data.values()))
        limit = record.limits['displayBytes']
        if kind == 'value':
            if size > limit:
                data = {'text/plain': data.get('text/plain', '')[: min(TEXT_CHARACTERS, limit)]}
            tell(record, 'value', {'data': data, **metadata_of(content)})
            return
        name = (content.get('transient') or {}).get('display_id')
        replaced = record.updates.get(name, 0) if name else 0
        # Counted here: what nobody keeps does not have to travel.
        if record.display_bytes - replaced + size > limit:
            record.dropped_displays += 1
            return
        record.display_bytes += size - replaced
        if name:
            record.updates[name] = size
        tell(record, kind, {'data': data, **metadata_of(content), **({'id': str(name)} if name else {})})


def metadata_of(content):
    try:
        metadata = json.loads(json.dumps(content.get('metadata') or {}))
    except (TypeError, ValueError):
        return {}
    return {'metadata': metadata} if metadata else {}


figures = Figures(lambda data: show('display', {'data': data}), text_of)
`,
  streams: `"""
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
        if record.pending_bytes > JOINED_BYTES or (is_quiet and b'\\n' in content):
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
`,
}
