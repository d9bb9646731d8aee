/**
 * How one program runs: IPython runs the cell; deadline, interrupts and the shape of its end are here. Python.
 * An interrupt counts only while a program runs; the deadline holds with the line down (remote.md 9, "Deadline").
 */
export const PROGRAM: string = `
begun = threading.Event()
programs = 0
run_cell = kernel.shell_handlers['execute_request']

async def execute_request(stream, ident, parent):
    global current, heard
    heard = time.monotonic()
    asked = (parent.get('metadata') or {}).get('interloop')
    if asked is None:
        ran = run_cell(stream, ident, parent)
        return (await ran) if inspect.isawaitable(ran) else ran
    record, refusal = admit(asked, parent)
    if record is None:
        if refusal.get('state') != 'running':
            real_send(stream, 'execute_reply', {'status': 'aborted', 'interloop': {'key': asked['key'], 'attempt': asked['attempt'], **refusal}}, parent, ident=ident)
        return
    before = signal.getsignal(signal.SIGINT)
    record.loop = asyncio.get_running_loop()
    watch_loop(record.loop)
    # It comes beside the message's own code, which is empty: a kernel without this guest, started anew by somebody, runs nothing.
    parent['content']['code'] = asked['code']
    begin(record)
    try:
        ran = run_cell(stream, ident, parent)
        if inspect.isawaitable(ran):
            await ran
    except BaseException as error: # an interrupt that came when the program had just ended
        if record.failed is None:
            record.failed = error
    finally:
        signal.signal(signal.SIGINT, before)
        if record.end is None:
            reply = {'status': 'error', 'ename': 'KeyboardInterrupt', 'evalue': '', 'traceback': [], 'execution_count': 0}
            real_send(stream, 'execute_reply', finish(record, reply), parent, ident=ident)
        with guard:
            current = None
            forget_oldest()

def begin(record):
    global current, programs
    programs += 1
    shown.clear()
    importlib.invalidate_caches()
    for raw in raws.values():
        raw.decoder.reset()
    sys.stdout, sys.stderr = streams['stdout'], streams['stderr']
    os_folder()
    with guard:
        current = record
        record.begun, record.begun_cpu = time.perf_counter(), time.process_time()
        tell(record, 'started', {})
    await_sent() # so that who did not hear it knows that nothing began
    record.begun, record.begun_cpu = time.perf_counter(), time.process_time()
    signal.signal(signal.SIGINT, on_interrupt)
    record.in_program = True
    begun.set()

def ended(result):
    "IPython calls it when the cell has ended, before it makes its reply."
    record = current
    if record is not None:
        record.in_program = False
        record.ran = result

def finish(record, reply):
    record.in_program = False
    usage = {
        'wallMs': max(0, (time.perf_counter() - record.begun - record.blocked_seconds) * 1000),
        'cpuMs': (time.process_time() - record.begun_cpu) * 1000,
        'toolMs': record.blocked_seconds * 1000,
        'peakMemoryBytes': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    end = {'usage': usage}
    try:
        end.update(describe_end(record, reply))
        if record.ran is not None or reply['status'] == 'ok':
            show_open_figures()
        cancel_calls(record)
        dropped = end_output(record)
        if dropped:
            end['dropped'] = dropped
        end['files'] = changes()
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
    return {'ename': '', 'evalue': '', 'traceback': [], 'user_expressions': {}, **kept, 'interloop': {'key': record.key, 'epoch': epoch, 'end': end}}

def describe_end(record, reply):
    error, is_before = own_error(record)
    if isinstance(error, asyncio.CancelledError) and (record.stopped or record.was_interrupted):
        error = KeyboardInterrupt().with_traceback(error.__traceback__)
    if isinstance(error, SystemExit):
        if not isinstance(error.code, int | None):
            print(error.code, file=sys.stderr)
        return {'reason': 'exit', 'exitCode': error.code if isinstance(error.code, int) else int(error.code is not None)}
    if error is not None:
        return failure(error, 'syntax_error' if is_before and isinstance(error, SyntaxError) else 'exception')
    if reply['status'] == 'error':
        described = {'name': clean(reply.get('ename', 'Exception')), 'value': clean(reply.get('evalue', ''))[:10_000], 'traceback': ''}
        return {'reason': 'exception', 'error': described}
    return {'reason': 'completed'}

# Stopping

def stop(record, reason):
    "Interrupts the program, and again each two seconds. Says whether it ran."
    with guard:
        if record is None or record is not current or not record.in_program:
            return False
        record.stopped = record.stopped or reason
        record.stopped_at = time.monotonic()
    signal.pthread_kill(main_thread.ident, signal.SIGINT)
    record.loop.call_soon_threadsafe(lambda: None) # a cell that awaits is cancelled by IPython, but its loop sleeps on
    return True

def on_interrupt(number, frame):
    record = current
    if record is None or not record.in_program:
        return
    if record.stopped is None:
        record.was_interrupted = True
    if guard.depth:
        guard.is_due = True
    else:
        interrupt_at(frame)

def interrupt_at(frame):
    "IPython only cancels a cell that awaits, which does not end a loop in it; a KeyboardInterrupt in another task would end the kernel."
    future = current.future if current is not None else None
    if future is None or future.done():
        raise KeyboardInterrupt
    files = set()
    while frame is not None:
        files.add('program' if is_program(frame.f_code.co_filename) else frame.f_code.co_filename)
        frame = frame.f_back
    if 'program' in files and any(name.endswith('interactiveshell.py') for name in files):
        raise KeyboardInterrupt
    future.cancel()
    current.loop.call_soon_threadsafe(lambda: None)
    if 'program' in files:
        raise asyncio.CancelledError

@contextlib.contextmanager
def cancel_on_interrupt(future):
    "In the place of ipykernel's, which would take our handler away."
    if current is not None:
        current.future = future
    yield

def allow_run():
    "A kernel's loop runs while a cell does, so that asyncio.run, which programs are full of, would be refused: it gets a loop of its own."
    run = asyncio.run
    @functools.wraps(run)
    def run_beside(*arguments, **options):
        running = asyncio.events._get_running_loop()
        if running is None or threading.current_thread() is not main_thread:
            return run(*arguments, **options)
        asyncio.events._set_running_loop(None)
        try:
            return run(*arguments, **options)
        finally:
            asyncio.events._set_running_loop(running)
            asyncio.set_event_loop(running)
    asyncio.run = run_beside

def keep_time():
    while True:
        record = current
        if record is None or not record.in_program:
            begun.wait(1)
        else:
            left = record.stopped_at + 2 - time.monotonic() if record.stopped else record.limits['wallMs'] / 1000 - record.own_seconds()
            if left <= 0:
                stop(record, 'deadline')
                continue
            begun.wait(min(left, 1))
        begun.clear()

def exiting(leave):
    "What was written is told before the process ends itself."
    def wrapped(*arguments):
        record = current
        if record is not None and os.getpid() == pid:
            for pipe in pipes:
                pipe.drain()
            end_output(record)
            time.sleep(0.1) # the socket sends in a thread of its own
        leave(*arguments)
    return wrapped

def keep_orphans_away():
    "A kernel whose owner was not heard empties itself: it ends, and its server starts it anew, with nothing in it."
    while True:
        time.sleep(min(30, orphan_seconds / 4))
        if current is None and time.monotonic() - heard > orphan_seconds:
            shutil.rmtree(FOLDER, ignore_errors=True)
            os_exit(0)
`
