"""What an interpreter tells, a program can tell too: it is checked before its supervisor passes it on. Raises ValueError for what its runtime never sends."""

REASONS = ('completed', 'exception', 'syntax_error', 'exit', 'memory')
ERROR_TEXTS = {'name', 'value', 'traceback', 'missingModule'}


def checked_end(ran):
    """What became of a program, as `Runtime.execute` returns it."""
    demand(isinstance(ran, dict) and ran.get('reason') in REASONS)
    demand(ran.keys() <= {'reason', 'value', 'error', 'exitCode', 'dropped'})
    if 'value' in ran:
        checked_display(ran['value'])
    if 'error' in ran:
        checked_error(ran['error'])
    demand(is_number(ran.get('exitCode', 0)))
    dropped = ran.get('dropped', {})
    demand(isinstance(dropped, dict) and dropped.keys() <= {'displays'} and is_number(dropped.get('displays', 0)))
    return ran


def checked_display(display):
    demand(isinstance(display, dict) and display.keys() <= {'data', 'metadata'} and is_texts(display.get('data')))
    demand(isinstance(display.get('metadata', {}), dict))
    return display


def checked_error(error):
    demand(isinstance(error, dict) and error.keys() >= {'name', 'value', 'traceback'})
    demand(is_texts({key: text for key, text in error.items() if key != 'line'}) and error.keys() <= {*ERROR_TEXTS, 'line'})
    demand(is_number(error.get('line', 1)))


def is_texts(texts):
    return isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())


def is_number(number):
    return isinstance(number, int) and not isinstance(number, bool)


def demand(holds):
    if not holds:
        raise ValueError('no message of the runtime')
