/** What the host asks on the control channel, answered while the main thread is busy; and how the guest is put into a kernel. Python. */
export const CONTROL: string = `
def on_request(stream, ident, parent):
    global heard
    heard = time.monotonic()
    asked = parent['content']
    try:
        if asked.get('owner') != owner and asked['operation'] != 'own':
            answered = {'status': 'fenced'}
        else:
            answered = {'status': 'ok', 'value': OPERATIONS[asked['operation']](**asked.get('arguments', {}))}
    except Refused as error:
        answered = {'status': 'refused', 'code': error.code, 'message': clean(str(error))}
    except Exception as error:
        answered = {'status': 'error', 'message': clean(f'{type(error).__name__}: {error}')}
    with guard:
        real_send(stream, 'interloop_reply', {'epoch': epoch, **answered}, parent, ident=ident)

def stop_program(key, reason):
    "Stops the program of a key, where it runs."
    return {'isRunning': stop(records.get(key), reason)}

def close():
    "The folder goes with the session."
    os.chdir(tempfile.gettempdir())
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.rmtree(PARTS, ignore_errors=True)
    return {}

def packages():
    "What is installed, with the names that it is imported by."
    import importlib.metadata
    found = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata['Name']
        if not name or name in found:
            continue
        top = (distribution.read_text('top_level.txt') or '').split()
        if not top:
            paths = [path.parts[0] for path in distribution.files or () if path.suffix == '.py' and path.parts and path.parts[0] != '..']
            top = sorted({part[:-3] if part.endswith('.py') else part for part in paths})
        imports = [part for part in top if part.isidentifier() and importlib.util.find_spec(part) is not None][:20]
        found[name] = {'name': clean(name), 'version': clean(str(distribution.version)), 'imports': imports}
    return {'packages': sorted(found.values(), key=lambda each: each['name'].lower())}

OPERATIONS = {
    'query': query, 'own': own, 'stop': stop_program, 'ping': lambda: {}, 'close': close,
    'put': put, 'read': read, 'remove': remove, 'list': list_files,
    'make_way': make_way, 'placed': placed, 'fingerprint': fingerprint, 'packages': packages,
    'answer': answer, 'answer_part': answer_part, 'heard': heard_call, 'calls': calls,
}

class Info:
    "What boot answers, as a value of user_expressions."
    def __init__(self, info):
        self.info = info
    def _repr_mimebundle_(self, **_):
        return {'text/plain': '', 'application/json': self.info}

def imported(name):
    try:
        importlib.import_module(name)
        return True
    except Exception:
        return False

def install():
    session.send = send
    kernel.shell_handlers['execute_request'] = execute_request
    kernel.control_handlers['interloop_request'] = on_request
    ip.events.register('post_run_cell', ended)
    kernel._cancel_on_sigint = cancel_on_interrupt
    os.environ['PYTHONUNBUFFERED'] = '1'
    use_own_names()
    allow_run()
    use_own_figures()
    def leave(code=None):
        raise SystemExit(code)
    ip.user_ns['exit'] = ip.user_ns['quit'] = leave
    import builtins, warnings
    builtins.tools, builtins.ToolError = Tools(), ToolError
    warnings.filterwarnings('ignore', message='To exit: use', category=UserWarning)
    os._exit, os.abort = exiting(os_exit), exiting(os.abort)
    os.chdir(FOLDER)
    changes()
    for work in (keep_flushing, keep_time, keep_calling, keep_orphans_away):
        threading.Thread(target=work, daemon=True, name='interloop').start()

def info():
    return Info({
        'epoch': epoch, 'folder': FOLDER, 'python': platform.python_version(), 'implementation': platform.python_implementation(),
        'missing': missing,
    })

if getattr(session, '_interloop', None) is None:
    epoch, owner, keep_bytes, orphan_seconds = options['epoch'], options['owner'], options['keepBytes'], options['orphanMs'] / 1000
    os_exit = os._exit
    FOLDER, PARTS = make_folder(options['folder']), tempfile.mkdtemp(prefix='interloop-')
    pipes = [Pipe('stdout', 1), Pipe('stderr', 2)]
    missing = [name for name in options['imports'] if not imported(name)]
    install()
    session._interloop = info
booted = session._interloop()
`
