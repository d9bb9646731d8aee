"""The guest of a kernel: what the host asks on the control channel, answered while the main thread is busy; and how all is put into place."""
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
    """Returns what tells of the guest, as a value of `user_expressions`."""
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
