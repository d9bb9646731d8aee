"""One program as its supervisor sees it: what it told, its limits, and the ladder that stops it."""
import json
import math
import os
import signal
import time

from _interloop import system
from _interloop.claims import checked_display, checked_end, demand, is_texts
from _interloop.clock import ProgramClock
from _interloop.outputs import Outputs
from _interloop.tools import CALLS, OPEN_CALLS

# The ladder: an interrupt at once, a second one, and the end of the interpreter. Seconds.
SECOND_INTERRUPT = 0.5
KILL = 1.0
# How often a limit is looked at whose time cannot be foretold. Seconds.
LOOK = 0.05


class Execution:
    def __init__(self, message, child, tell):
        self.number = message['number']
        self._limits = message['limits']
        self._child = child
        self._tell = tell
        self._outputs = Outputs(self._limits['outputBytes'], tell)
        self._open_calls = set()
        self._reason = None
        self._has_begun = False
        self._is_stopped = False
        self._stops_since = None
        self._steps = []
        system.limit_memory(child.pid, self._limits['memoryBytes'])
        system.forget_peak_memory(child.pid)
        self._clock = ProgramClock(child.cpu)
        limits = {'displayBytes': self._limits['displayBytes'], 'toolCalls': self._limits.get('toolCalls', CALLS)}
        child.send({'code': message['code'], 'number': self.number, **limits})

    def write(self, name, source, content):
        self._outputs.add(name, source, content)
        if self._outputs.bytes > self._limits['outputHardBytes']:
            self.stop('output_limit')

    def hear(self, content):
        """What became of the program, where the message says that it ended."""
        message = json.loads(content)
        kind = message['type']
        if kind == 'display':
            self._outputs.flush()
            self._tell({'type': 'display', 'display': checked_display(message['display'])})
        elif kind == 'call':
            call = {key: message[key] for key in ('id', 'name', 'arguments')}
            demand(is_texts(call) and len(self._open_calls) < OPEN_CALLS)
            self._open_calls.add(call['id'])
            self._clock.count_call(1)
            self._outputs.flush()
            self._tell({'type': 'call', 'number': self.number, **call})
        elif kind == 'begun':
            self._has_begun = True
            if self._is_stopped:
                self._child.interrupt()
        elif kind == 'waiting':
            self._clock.set_waiting(bool(message['isWaiting']))
        elif kind == 'ended' and message['number'] == self.number:
            return checked_end(message['ran'])
        return None

    def answer(self, message):
        if message['id'] not in self._open_calls:
            return
        self._open_calls.discard(message['id'])
        self._clock.count_call(-1)
        self._child.answer({key: message[key] for key in ('id', 'value', 'error') if key in message})

    def flush(self):
        self._outputs.flush()

    def stop(self, reason):
        """`reason` is None where the host wants it: it knows why."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self._reason = reason
        self._stops_since = time.monotonic()
        self._steps = [(SECOND_INTERRUPT, self._child.interrupt), (KILL, self._kill)]
        if reason is not None:
            self._outputs.flush()
            self._tell({'type': 'status', 'status': 'interrupting', 'detail': reason})
        if self._has_begun:
            self._child.interrupt()

    def look(self):
        if not self._is_stopped and self._left() <= 0:
            if self._processor_time_left() <= 0:
                self._child.kill_other_processes()  # an interrupt would leave them to go on
            self.stop('deadline')
        while self._is_stopped and self._steps and time.monotonic() - self._stops_since >= self._steps[0][0]:
            self._steps.pop(0)[1]()

    def patience(self):
        """Seconds until `look` has to be called."""
        if self._is_stopped:
            return max(0.0, self._stops_since + self._steps[0][0] - time.monotonic()) if self._steps else KILL
        left = max(0.0, self._left())
        if 'cpuMs' in self._limits or self._clock.is_still:
            return max(LOOK, min(left, LOOK))
        return left

    def crash(self, status):
        """What became of a program whose interpreter ended."""
        ran = {'reason': 'crashed', 'state': 'lost'}
        if not self._is_stopped:
            ran['warnings'] = [f'the interpreter ended {describe_status(status)}']
        return ran

    def finish(self, ran):
        dropped = {**ran.pop('dropped', {}), **self._outputs.finish()}
        wall = self._clock.own()
        usage = {'wallMs': wall * 1000, 'toolMs': self._clock.waited() * 1000, **self._measured()}
        if self._is_stopped:
            ran.pop('reason', None)
            ran.pop('value', None)
        if self._reason is not None:
            ran['reason'] = self._reason
        return {
            'type': 'ended',
            'number': self.number,
            'ran': {**ran, 'usage': usage, **({'dropped': dropped} if dropped else {})},
        }

    def _left(self):
        """Seconds that the program may still have."""
        return min(self._limits['wallMs'] / 1000 - self._clock.own(), self._processor_time_left())

    def _processor_time_left(self):
        if 'cpuMs' not in self._limits:
            return math.inf
        return self._limits['cpuMs'] / 1000 - (self._clock.cpu() or 0.0)

    def _kill(self):
        self._outputs.flush()
        self._tell({'type': 'status', 'status': 'killed'})
        self._child.kill()

    def _measured(self):
        if self._child.end is not None:
            usage = self._child.end[1]
            return {'peakMemoryBytes': usage.ru_maxrss * 1024}
        measured = {}
        cpu, peak = self._clock.cpu(), system.peak_memory_bytes(self._child.pid)
        if cpu is not None:
            measured['cpuMs'] = cpu * 1000
        if peak is not None:
            measured['peakMemoryBytes'] = peak
        return measured


def describe_status(status):
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return f'with exit code {code}'
    try:
        return f'by signal {signal.Signals(-code).name}'
    except ValueError:
        return f'by signal {-code}'
