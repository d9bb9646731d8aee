/** What a program raised, as data: the frames of the program and what it called, line numbers of the program as it was written. Python. */
export const FAILURE: string = `
def failure(error, reason='exception'):
    told = traceback.TracebackException.from_exception(error, limit=-20)
    hide_own_frames(told)
    described = {
        'name': clean(type(error).__name__), 'value': clean(str(told))[:10_000], 'traceback': clean(''.join(told.format()))[-60_000:],
    }
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_program(frame.f_code.co_filename):
            described['line'] = line
    if isinstance(error, SyntaxError) and is_program(error.filename) and error.lineno:
        described['line'] = error.lineno
    if isinstance(error, ModuleNotFoundError) and error.name:
        described['missingModule'] = error.name
    return {'reason': 'memory' if isinstance(error, MemoryError) else reason, 'error': described}

def own_error(record):
    "What ended the program; not what IPython raised in its turn when it looked at that."
    if record.ran is None:
        return record.failed, False
    before, error = record.ran.error_before_exec, record.ran.error_in_exec
    if before is not None:
        return before, True
    return (error if error is None or record.failed is None else record.failed), False

def is_program(filename):
    return str(filename).startswith('<program ')

def hide_own_frames(told):
    "Those of IPython stand before the first of the program; in chained and grouped exceptions too."
    frames = [frame for frame in told.stack if frame.filename != '<interloop>']
    first = next((index for index, frame in enumerate(frames) if is_program(frame.filename)), None)
    if first is None:
        frames = [frame for frame in frames if '/IPython/' not in frame.filename and '/ipykernel/' not in frame.filename]
    told.stack = traceback.StackSummary.from_list(frames[first or 0:])
    for other in (told.__cause__, told.__context__, *(getattr(told, 'exceptions', None) or ())):
        if other:
            hide_own_frames(other)

def clean(text):
    "Text that can be sent: half a pair of UTF-16 cannot."
    return text.encode('utf-8', 'backslashreplace').decode('utf-8')

def leading_lines(lines):
    "Instead of IPython's, which drops empty lines at the beginning, so that all line numbers after them are wrong."
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].startswith('%%'):
        return lines[first or 0:]
    indent = lines[first][:len(lines[first]) - len(lines[first].lstrip())]
    return ['\\n'] * first + [line[len(indent):] if indent and line.startswith(indent) else line for line in lines[first:]]

def use_own_names():
    "A program is named by its number in tracebacks and warnings."
    ip.compile.get_code_name = lambda raw, transformed, number: f'<program {programs}>'
    transforms = ip.input_transformer_manager.cleanup_transforms
    for index, transform in enumerate(transforms):
        if getattr(transform, '__name__', '') == 'leading_empty_lines':
            transforms[index] = leading_lines
    ip.showsyntaxerror = ip.showindentationerror = lambda *arguments, **options: None
    ip.showtraceback = take_error

def take_error(exc_tuple=None, *arguments, **options):
    "In the place of IPython's: what ended the program is told with its end, and what a repr raised on stderr."
    record = current
    if record is None:
        return
    if exc_tuple is None and (options.get('running_compiled_code') or options.get('exception_only')):
        if record.failed is None:
            record.failed = sys.exc_info()[1]
    else:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        sys.stderr.write(failure(error)['error']['traceback'])
`
