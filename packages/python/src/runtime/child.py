"""The interpreter as its supervisor sees it: a process of its own, forked before any program came, so that a fresh one is there at once."""
import os
import signal
import socket
import traceback

from _interloop import interpreter, system
from _interloop.frames import FrameReader, json_frame
from _interloop.pipes import OutgoingPipe, read_all, waiting_bytes
from _interloop.processor_time import ProcessorTime, kill_other_processes

FIRST_DESCRIPTOR = 3
MOST_DESCRIPTORS = 1024


class Child:
    """`is_alone`: nobody but what it starts may get a signal from it."""

    def __init__(self, is_alone):
        self._channel, channel = socket.socketpair()
        self._answers, answers = socket.socketpair()
        stdout_read, stdout = os.pipe()
        stderr_read, stderr = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            become_interpreter(parent, is_alone, channel, answers, stdout, stderr)
        for end in (channel, answers):
            end.close()
        for descriptor in (stdout, stderr):
            os.close(descriptor)
        # What other processes of a program write, and libraries in C. By the names of the streams.
        self.open_pipes = {'stdout': stdout_read, 'stderr': stderr_read}
        for descriptor in self.open_pipes.values():
            os.set_blocking(descriptor, False)
        self.channel = OutgoingPipe(self._channel.fileno())
        self.answers = OutgoingPipe(self._answers.fileno())
        self.frames = FrameReader()
        # Whether it has said that it can take programs.
        self.is_ready = False
        self._is_alone = is_alone
        self._processor_time = ProcessorTime(self.pid, is_alone)
        # Status and usage, once it has ended.
        self.end = None
        self.is_closed = False

    def send(self, message):
        self.channel.write(json_frame(message))

    def answer(self, message):
        self.answers.write(json_frame(message))

    def interrupt(self):
        if self.end is None:
            os.kill(self.pid, signal.SIGINT)

    def kill(self):
        if self.end is None:
            os.kill(self.pid, signal.SIGKILL)

    def cpu(self):
        """Seconds of this interpreter and what it starts, so far; None where the system does not tell."""
        return self._processor_time.seconds()

    def kill_other_processes(self):
        """Those that programs have started, where they can be told from those of others."""
        if self._is_alone:
            kill_other_processes(self.pid)

    def waiting_bytes(self):
        """How much there is to `receive` now."""
        return 0 if self.is_closed else waiting_bytes(self.channel.descriptor)

    def receive(self, most):
        """What the interpreter has told; nothing that came later than `waiting_bytes` was asked."""
        if self.is_closed:
            return b''
        received, self.is_closed = read_all(self.channel.descriptor, most) if most else (b'', self._is_at_end())
        return received

    def _is_at_end(self):
        try:
            return not self._channel.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def read_pipes(self):
        """What is there now, as pairs of stream and bytes; a pipe that nobody can write any more is closed."""
        found = []
        for name, descriptor in list(self.open_pipes.items()):
            received, is_closed = read_all(descriptor)
            if received:
                found.append((name, received))
            if is_closed:
                os.close(self.open_pipes.pop(name))
        return found

    def close(self):
        self._channel.close()
        self._answers.close()
        for descriptor in self.open_pipes.values():
            os.close(descriptor)


def become_interpreter(parent, is_alone, channel, answers, stdout, stderr):
    """Never returns."""
    complaints = os.dup(2)
    try:
        os.setsid()
        system.tie_to_parent(parent)
        if is_alone:
            system.forbid_signals_to_others()
        system.forbid_core_files()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        nothing, end = os.pipe()  # an end of input also where there is no /dev/null
        os.close(end)
        for source, target in ((nothing, 0), (stdout, 1), (stderr, 2)):
            os.dup2(source, target)
        kept = {channel.fileno(), answers.fileno(), complaints}
        for descriptor in range(FIRST_DESCRIPTOR, MOST_DESCRIPTORS):
            if descriptor not in kept:
                try:
                    os.close(descriptor)
                except OSError:
                    pass
        interpreter.serve(channel, answers)
    except BaseException:
        # Not a program's doing: those are caught. It stands in the error that says that Python did not start.
        os.write(complaints, traceback.format_exc().encode())
    finally:
        os._exit(1)
