"""What a program printed is told before what it, or a process that it starts, then writes past `sys.stdout`."""
import functools
import os
import sys


# Standard output and standard error.
STREAMS = (1, 2)


class Processes:
    """`settle` returns when all that was sent so far has been read."""

    def __init__(self, settle):
        self._settle = settle
        self.patches = {'subprocess': self._patch}
        # WebAssembly has neither.
        if hasattr(os, 'system'):
            os.system = self._settling(os.system)
        if hasattr(os, 'register_at_fork'):
            os.register_at_fork(before=self._flush)
        for name in ('write', 'writev'):
            if hasattr(os, name):
                setattr(os, name, self._flushing(getattr(os, name)))

    def _patch(self, module):
        module.Popen._execute_child = self._settling(module.Popen._execute_child)

    def _settling(self, start):
        @functools.wraps(start)
        def settle_and_start(*arguments, **options):
            self._flush()
            return start(*arguments, **options)

        return settle_and_start

    def _flushing(self, write):
        @functools.wraps(write)
        def flush_and_write(descriptor, content, /):
            if descriptor in STREAMS:
                self._flush()
            return write(descriptor, content)

        return flush_and_write

    def _flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # a program may have put anything there
                pass
        self._settle()
