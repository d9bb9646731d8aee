"""The process of one interpreter: serves its supervisor, one program after the other, over two sockets."""
import _thread
import fcntl
import json
import os
import signal
import sys
import termios
import threading
import time
from os import write  # a program is given another `os.write` (processes.py)

from _interloop.console import text_stream
from _interloop.frames import JSON, STDERR, STDOUT, FrameReader, frame
from _interloop.interrupts import Interrupts
from _interloop.runtime import Runtime

SETTLE_SECONDS = 1.0


def serve(channel, answers):
    """`channel`: programs come, what they tell goes. `answers`: those to calls of tools. Never returns."""
    interrupts = Interrupts()
    transport = PipeTransport(channel, answers, interrupts)
    sys.stdin = sys.__stdin__ = open(0, encoding='utf-8', closefd=False)
    sys.stdout = sys.__stdout__ = text_stream(lambda content: transport.send(STDOUT, content), 1, 'surrogateescape')
    sys.stderr = sys.__stderr__ = text_stream(lambda content: transport.send(STDERR, content), 2, 'backslashreplace')
    sys.argv = ['']
    sys.path.insert(0, '')
    runtime = Runtime(transport)
    transport.deliver = runtime.tools.deliver
    reader = FrameReader()
    transport.tell({'type': 'ready'})
    while True:
        received = channel.recv(2**16)
        if not received:
            os._exit(0)
        for _, content in reader.feed(received):
            request = json.loads(content)
            interrupts.install()
            ran = runtime.execute(request['code'], request['number'], request['displayBytes'], request['toolCalls'])
            interrupts.install()
            transport.tell({'type': 'ended', 'number': request['number'], 'ran': ran})


class PipeTransport:
    """What `Runtime` needs, over the sockets of a supervisor."""

    def __init__(self, channel, answers, interrupts):
        self._channel = channel
        self._answers = answers
        self._interrupts = interrupts
        self._lock = threading.Lock()
        self._main = threading.get_ident()
        self._is_forked = False
        self.own_threads = 0
        self.deliver = None
        self.end = interrupts.end
        os.register_at_fork(after_in_child=self._leave)

    def begin(self):
        """Only from now on an interrupt is one of this program, so its supervisor waits for that."""
        self._interrupts.begin()
        self.tell({'type': 'begun'})

    def tell(self, message):
        if not self._is_forked:
            self.send(JSON, json.dumps(message).encode())

    def send(self, kind, content):
        """A frame is sent whole or not at all, whatever interrupts."""
        if self._is_forked:
            write(1 if kind == STDOUT else 2, content)
            return
        is_main = threading.get_ident() == self._main
        if is_main:
            self._interrupts.hold()
        try:
            with self._lock:
                self._channel.sendall(frame(kind, content))
        except OSError:
            os._exit(1)  # without a supervisor there is nobody to run for
        finally:
            if is_main:
                self._interrupts.release()

    def settle(self):
        """What another process writes takes another way: it must not overtake what was sent before."""
        give_up = time.monotonic() + SETTLE_SECONDS
        while not self._is_forked and self._unread_bytes() and time.monotonic() < give_up:
            time.sleep(0.0005)

    def _unread_bytes(self):
        try:
            return int.from_bytes(fcntl.ioctl(self._channel, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
        except OSError:
            return 0

    def call(self, identity, name, arguments):
        if self._is_forked:
            raise RuntimeError('tools can be called by the process of the program alone, not by one that it forked')
        if self.own_threads == 0:
            self.own_threads = 1
            _thread.start_new_thread(self._read_answers, ())
        self.tell({'type': 'call', 'id': identity, 'name': name, 'arguments': arguments})

    def wait(self, call):
        call.is_done.wait()

    def _read_answers(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # an interrupt has to reach the thread that waits
        reader = FrameReader()
        while received := self._answers.recv(2**16):
            for _, content in reader.feed(received):
                answer = json.loads(content)
                self.deliver(answer['id'], answer.get('value'), answer.get('error'))

    def _leave(self):
        """A child that a program forked has the descriptors of the program, and nothing to say to its supervisor."""
        self._is_forked = True
        self._channel.close()
        self._answers.close()
