"""Runs a program: as `__main__`, with the value of its last expression, and whatever it raised as data."""
import ast
import builtins
import importlib
import io
import linecache
import sys
import textwrap
import tokenize
import types

from _interloop.displays import bundle
from _interloop.tracebacks import failure

AWAITS = 0x80  # inspect.CO_COROUTINE


class Programs:
    """
    The programs of a session, which share one namespace. `begin` and `end` are called around the program itself, `finish`
    when it is over but may still write; `run_coroutine` runs what awaits.
    """

    def __init__(self, begin, end, finish, run_coroutine):
        self._begin = begin
        self._end = end
        self._finish = finish
        self._run_coroutine = run_coroutine
        self._main = types.ModuleType('__main__')
        self._main.__dict__['__builtins__'] = builtins
        sys.modules['__main__'] = self._main
        self._streams = None

    def execute(self, source, name):
        """What became of it: `reason`, and `value`, `error` or `exitCode`."""
        try:
            return self._attempt(source, name)
        except BaseException as error:  # an interrupt that arrived when the program had just ended
            self._end()
            return failure(error)

    def _attempt(self, source, name):
        importlib.invalidate_caches()
        if self._streams is None:
            self._streams = sys.stdin, sys.stdout, sys.stderr
        try:
            try:
                self._begin()
                return self._run(source, name)
            finally:
                self._end()
                sys.stdin, sys.stdout, sys.stderr = self._streams
        except SystemExit as end:
            return left_by(end)
        except BaseException as error:
            return failure(error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def _run(self, source, name):
        source = without_indentation(source)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        try:
            parts = compiled(source, name)
        except (SyntaxError, ValueError) as error:  # ValueError: NUL, or half of a surrogate pair
            return failure(error, 'syntax_error')
        try:
            value = self._evaluate(parts)
        finally:
            self._finish()
        if value is None:
            return {'reason': 'completed'}
        builtins._ = value
        return {'reason': 'completed', 'value': {'data': bundle(value)}}

    def _evaluate(self, parts):
        if any(part.co_flags & AWAITS for part in parts):
            return self._run_coroutine(self._await(parts))
        value = None
        for part in parts:
            value = eval(part, self._main.__dict__)
        return value

    async def _await(self, parts):
        value = None
        for part in parts:
            value = eval(part, self._main.__dict__)
            if part.co_flags & AWAITS:
                value = await value
        return value


def left_by(end):
    """What became of a program that ended by this SystemExit; as in a process of its own, a code that is no number is printed."""
    if end.code is not None and not isinstance(end.code, int):
        print(end.code, file=sys.stderr)
    return {'reason': 'exit', 'exitCode': int(end.code) if isinstance(end.code, int) else int(end.code is not None)}


def without_indentation(source):
    first = next((line for line in source.splitlines() if line.strip()), '')
    return textwrap.dedent(source) if first[:1].isspace() else source


def compiled(source, name):
    """The statements, and the last expression apart, whose value is that of the program unless a semicolon follows."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, name, 'exec', flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not ends_with_semicolon(source):
        last = ast.Expression(tree.body.pop().value)
    # Compiled before anything runs: some errors of syntax are found only now.
    parts = [compile(tree, name, 'exec', flags, dont_inherit=True)]
    if last is not None:
        parts.append(compile(last, name, 'eval', flags, dont_inherit=True))
    return parts


def ends_with_semicolon(source):
    ignored = (tokenize.ENDMARKER, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.DEDENT)
    try:
        tokens = [token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in ignored]
    except (tokenize.TokenError, SyntaxError):
        return False
    return bool(tokens) and tokens[-1].string == ';'
