"""What ended a program, taken from IPython before it prints it; programs are named by their number."""
import codeop
import sys

from _interloop import ledger
from _interloop.kernel import cleaned, shell
from _interloop.program import without_indentation
from _interloop.tracebacks import failure


def install(number):
    """`number()` is that of the program that runs."""
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
