"""What a program raised, told without the frames of those who ran it."""
import traceback

FRAMES = 20
VALUE_CHARACTERS = 10_000
TRACEBACK_CHARACTERS = 100_000
# Of those who may call a program.
RUNNERS = ('/asyncio/', '/IPython/', '/ipykernel/')


def failure(error, reason='exception'):
    """The members `reason` and `error` of a result. A missing module is named, the line is the innermost of a program."""
    told = traceback.TracebackException.from_exception(error, limit=-FRAMES)
    hide_own_frames(told)
    described = {
        'name': type(error).__name__,
        'value': str(told)[:VALUE_CHARACTERS],
        'traceback': ''.join(told.format())[-TRACEBACK_CHARACTERS:],
    }
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_program(frame.f_code.co_filename):
            described['line'] = line
    if isinstance(error, SyntaxError) and is_program(error.filename) and error.lineno is not None:
        described['line'] = error.lineno
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        described['missingModule'] = error.name
    return {'reason': 'memory' if isinstance(error, MemoryError) else reason, 'error': described}


def is_program(filename):
    return str(filename).startswith('<program ')


def hide_own_frames(told):
    """In chained and grouped exceptions too; those of asyncio and IPython go where nothing of the program called them."""
    frames = [frame for frame in told.stack if not is_own(frame.filename)]
    while frames and any(runner in frames[0].filename for runner in RUNNERS):
        frames.pop(0)
    told.stack = traceback.StackSummary.from_list(frames)
    # Python 3.10 has no groups.
    for other in (told.__cause__, told.__context__, *(getattr(told, 'exceptions', None) or ())):
        if other:
            hide_own_frames(other)


def is_own(filename):
    return filename.startswith('<interloop') or '/_pyodide/' in filename
