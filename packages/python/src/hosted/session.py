"""The interpreter in the WebAssembly host: it takes one request at each tick (see README.md beside this file)."""
import functools
import os
import platform
import sys
import time

from _interloop import databases, threads
from _interloop.console import text_stream
from _interloop.interrupts import Interrupts
from _interloop.loops import HostedLoops
from _interloop.modules import hide_modules, keep_library_listed
from _interloop.patches import patch_when_loaded
from _interloop.runtime import Runtime
from _interloop.seeds import plant_seeds
from _interloop.tracebacks import failure
from _interloop.transport import DescriptorTransport, write_whole
from _interloop.waiting import sleep


class HostedSession:
    """Made once, when the image is; from then on `__main__` of the host and that of programs are two."""

    def __init__(self):
        self._modules = sys.modules
        self._host_main = sys.modules['__main__']
        self._interrupts = Interrupts()
        self._transport = DescriptorTransport(self._interrupts)
        time.sleep = sleep
        threads.refuse_threads()
        hide_modules()
        keep_library_listed()
        sys.stdin = sys.__stdin__ = open(0, encoding='utf-8', closefd=False)
        sys.stdout = sys.__stdout__ = text_stream(functools.partial(write_whole, 1), 1, 'surrogateescape')
        sys.stderr = sys.__stderr__ = text_stream(functools.partial(write_whole, 2), 2, 'backslashreplace')
        sys.argv = ['']
        sys.path.insert(0, '')
        patch_when_loaded({**HostedLoops(self._transport.hear).patches, **threads.patches, **databases.patches})
        self._runtime = Runtime(self._transport)
        self._transport.deliver = self._runtime.tools.deliver
        self._program_main = sys.modules['__main__']
        self._modules['__main__'] = self._host_main

    def tick(self):
        """What a program does is told in its result; what is raised here is a fault of ours, and ends the session."""
        self._modules['__main__'] = self._program_main
        try:
            request = self._transport.request()
            if request['type'] == 'start':
                self._start(request)
            else:
                self._execute(request)
        finally:
            self._program_main = self._modules.get('__main__')
            self._modules['__main__'] = self._host_main

    def _start(self, request):
        plant_seeds()
        os.environ.clear()
        os.environ.update({**request['environment'], 'MPLBACKEND': 'Agg'})
        os.makedirs(request['folder'], exist_ok=True)
        os.chdir(request['folder'])
        self._transport.tell({'type': 'ready', 'version': platform.python_version()})

    def _execute(self, request):
        self._interrupts.install()
        ran = self._runtime.execute(request['code'], request['number'], request['displayBytes'], request['toolCalls'])
        self._interrupts.install()
        try:
            self._tell_end(request, ran)
        except MemoryError as error:  # the value is too large to be written
            self._tell_end(request, failure(error))

    def _tell_end(self, request, ran):
        self._transport.tell({'type': 'ended', 'number': request['number'], 'ran': ran})
