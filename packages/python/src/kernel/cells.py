"""How one program runs: IPython runs the cell; its beginning, and the shape of its end, are here."""
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
