"""The runtime of a session: all subjects of this folder put together over one transport."""
import builtins
import os
import sys

from _interloop.console import read_input
from _interloop.displays import Displays, text_of
from _interloop.event_loop import EventLoops
from _interloop.figures import Figures
from _interloop.patches import patch_when_loaded
from _interloop.processes import Processes
from _interloop.program import Programs
from _interloop.tools import CALLS, ToolCalls, ToolError, Tools


class Runtime:
    """
    Runs the programs of one session. `transport` brings:

    - `tell(message)`: tells a display (`{'type': 'display', …}`), or that the program only waits for tools (`waiting`), in order
      with what is written to `sys.stdout` and `sys.stderr`, which the transport has put in place;
    - `call(id, name, arguments)` and `wait(call)`: see `ToolCalls`;
    - `begin()` and `end()`: between them an interrupt ends the program;
    - `settle()`: returns when what was told so far has been read;
    - `own_threads`: how many threads it runs beside the program's.
    """

    def __init__(self, transport):
        self._transport = transport
        self._displays = Displays(transport.tell)
        self._figures = Figures(self._displays.show, text_of)
        self.tools = ToolCalls(transport)
        self._loops = EventLoops(self.tools, lambda: transport.own_threads)
        self._programs = Programs(self._begin, self._end, self._figures.show_open, self._loops.run)
        processes = Processes(transport.settle)
        patch_when_loaded({**self._figures.patches, **self._loops.patches, **processes.patches})
        os.environ['MPLBACKEND'] = 'Agg'
        sys.dont_write_bytecode = True
        builtins.display, builtins.input = self._displays.display, read_input
        builtins.tools, builtins.ToolError = Tools(self.tools), ToolError

    def execute(self, code, number, display_bytes=None, tool_calls=CALLS):
        """Runs a program and returns what became of it: members of a result, without what was told meanwhile."""
        self._displays.begin(display_bytes)
        self._figures.begin()
        self.tools.begin(tool_calls)
        ran = self._programs.execute(code, f'<program {number}>')
        if self._displays.dropped:
            ran['dropped'] = {'displays': self._displays.dropped}
        return ran

    def _begin(self):
        self._loops.begin()
        self._transport.begin()

    def _end(self):
        self._transport.end()
        self.tools.end()
