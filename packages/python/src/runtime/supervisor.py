"""
Keeps one session: its interpreter, its deadline, its folder. The host asks on descriptor 0 and is told on descriptor 3
(messages.py); when the host is gone, everything ends. All waiting is done in one place and never for one end alone.
"""
import errno
import os
import platform
import select
import shutil
import signal
import sys

from _interloop import system
from _interloop.child import Child
from _interloop.execution import Execution
from _interloop.files import Folder
from _interloop.frames import JSON, STDERR, STDOUT
from _interloop.messages import MessageReader, message_bytes
from _interloop.pipes import OutgoingPipe, read_all

HOST_IN, HOST_OUT = 0, 3
# While the host does not read that much, the interpreter is not read either: it waits in its own `print`.
WAITING_BYTES = 2**22
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STREAMS = {STDOUT: 'stdout', STDERR: 'stderr'}


def main(config):
    """`folder`: where programs work. `isAlone`: neither processes of others nor a folder that has to be removed can be seen from here."""
    system.protect_supervisor()
    folder, is_alone = config['folder'], config['isAlone']
    try:
        os.chdir(folder)
        Supervisor(Folder(folder), is_alone).run()
    finally:
        if not is_alone:
            shutil.rmtree(folder, ignore_errors=True)


class Supervisor:
    def __init__(self, folder, is_alone):
        self._folder = folder
        self._is_alone = is_alone
        self._out = OutgoingPipe(HOST_OUT)
        self._requests = MessageReader()
        self._execution = None
        self._is_running = True
        os.set_blocking(HOST_IN, False)
        self._woken, waker = os.pipe()
        for descriptor in (self._woken, waker):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, interrupted: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # what Ctrl-C means is the host's to say
        self._child = Child(is_alone)

    def run(self):
        try:
            while self._is_running and not self._out.is_broken:
                self._turn()
        finally:
            system.kill_all(self._child.pid, self._is_alone)

    def _turn(self):
        poll = select.poll()
        child = self._child
        poll.register(HOST_IN, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        if self._out.waiting:
            poll.register(HOST_OUT, select.POLLOUT)
        channel_events = select.POLLOUT if child.channel.waiting else 0
        if self._out.waiting < WAITING_BYTES:
            channel_events |= select.POLLIN
            for descriptor in child.open_pipes.values():
                poll.register(descriptor, select.POLLIN)
        if channel_events and not child.is_closed:
            poll.register(child.channel.descriptor, channel_events)
        if child.answers.waiting and not child.is_closed:
            poll.register(child.answers.descriptor, select.POLLOUT)
        ready = dict(poll.poll(self._patience()))
        self._out.flush()
        child.channel.flush()
        child.answers.flush()
        if self._woken in ready:
            read_all(self._woken)
            self._reap()
        if HOST_IN in ready:
            self._hear_host()
        if self._child is child and self._out.waiting < WAITING_BYTES:
            self._hear_child()
        if self._execution is not None:
            self._execution.look()
            self._execution.flush()

    def _patience(self):
        """Milliseconds until something has to be looked at, whatever comes."""
        if self._execution is None:
            return None
        return max(1, int(self._execution.patience() * 1000) + 1)

    # What the host asks

    def _hear_host(self):
        received, is_closed = read_all(HOST_IN)
        for message, content in self._requests.feed(received):
            self._serve(message, content)
        if is_closed:
            self._is_running = False

    def _serve(self, message, content):
        kind = message['type']
        if kind == 'execute':
            self._execution = Execution(message, self._child, self._tell)
        elif kind == 'stop':
            if self._execution is not None and self._execution.number == message['number']:
                self._execution.stop(None)
        elif kind == 'answer':
            if self._execution is not None and self._execution.number == message['number']:
                self._execution.answer(message)
        else:
            self._serve_file(kind, message, content)

    def _serve_file(self, kind, message, content):
        ask = message['ask']
        try:
            if kind == 'put':
                for path in message['paths']:
                    self._folder.put(path, content)
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'read':
                for piece in self._folder.read(message['path']):
                    self._tell({'type': 'piece', 'ask': ask}, piece)
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'remove':
                self._folder.remove(message['path'])
                self._tell({'type': 'done', 'ask': ask})
            elif kind == 'list':
                self._tell({'type': 'listed', 'ask': ask, 'files': self._folder.list()})
        except FileNotFoundError:
            self._tell({'type': 'failed', 'ask': ask, 'code': 'not_found', 'message': f'there is no file {message.get("path")!r}'})
        except (OSError, ValueError) as error:
            code = 'too_large' if getattr(error, 'errno', None) in FULL else 'internal'
            self._tell({'type': 'failed', 'ask': ask, 'code': code, 'message': str(error)})

    # What the interpreter tells

    def _hear_child(self):
        """
        What another process wrote before the interpreter went on is in its pipes by now, so those are told first. What the interpreter
        told is taken only then: one that waits for that (`settle`) writes nothing into the pipes that would be told too early.
        """
        child = self._child
        size = child.waiting_bytes()
        for name, written in child.read_pipes():
            if self._execution is not None:
                self._execution.write(name, 'pipe', written)
        try:
            for kind, content in child.frames.feed(child.receive(size)):
                self._hear_frame(kind, content)
        except (ValueError, KeyError, TypeError, RecursionError):
            # No frame of ours: the program wrote into the channel, and nothing more can be known of it.
            child.is_closed = True
            child.kill()

    def _hear_frame(self, kind, content):
        execution = self._execution
        if kind == JSON and not self._child.is_ready:
            self._child.is_ready = True
            self._tell({'type': 'ready', 'version': platform.python_version(), 'implementation': platform.python_implementation()})
            return
        if execution is None:
            return  # a thread of a program that has ended
        if kind in STREAMS:
            execution.write(STREAMS[kind], 'frames', content)
        elif kind == JSON:
            ran = execution.hear(content)
            if ran is not None:
                self._conclude(ran)

    # Ends

    def _reap(self):
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._child.pid:
                self._child.end = (status, usage)
                self._replace_child()

    def _replace_child(self):
        """Variables are gone with it, files are kept. One that ends while no program runs ends the session: nobody was told."""
        self._hear_child()
        child = self._child
        if self._execution is None:
            self._tell({'type': 'lost'})
            self._is_running = False
            return
        system.kill_all(child.pid, self._is_alone)
        self._conclude(self._execution.crash(child.end[0]))
        child.close()
        self._child = Child(self._is_alone)

    def _conclude(self, ran):
        for name, received in self._child.read_pipes():
            self._execution.write(name, 'pipe', received)
        ended = self._execution.finish(ran)
        self._execution = None
        self._tell({**ended, 'files': self._folder.changes()})

    def _tell(self, message, content=b''):
        self._out.write(message_bytes(message, content))


if __name__ == '__main__':
    sys.exit('supervisor.py is started by its host')
