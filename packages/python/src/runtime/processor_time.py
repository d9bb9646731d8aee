"""The processor time of a session: that of its interpreter, and of all processes that its programs start."""
import contextlib
import os
import resource
import signal
import time

TICKS = os.sysconf('SC_CLK_TCK')
# Fields of /proc/…/stat behind the name, proc(5): utime, stime, cutime, cstime.
TIMES = slice(11, 15)
TIMES_OF_ENDED = slice(13, 15)


class ProcessorTime:
    """
    Of the interpreter `pid`. Where the session is alone its other processes count while they run; otherwise children count that
    have ended. A process whose end nobody waits for takes its time along: what was seen of it stays counted.
    """

    def __init__(self, pid, is_alone):
        self._pid = pid
        self._is_alone = is_alone
        self._used = 0.0
        self._last = self._now()

    def seconds(self):
        """None where the system does not tell."""
        now = self._now()
        if now is None:
            return None
        if self._last is not None:
            self._used += max(0.0, now - self._last)
        self._last = now
        return self._used

    def _now(self):
        try:
            now = time.clock_gettime((~self._pid << 3) | 2)  # clock_getcpuclockid(3) of Linux
        except OSError:
            return None
        now += ticks(self._pid, TIMES_OF_ENDED)
        if self._is_alone:
            now += sum(ticks(pid, TIMES) for pid in other_processes(self._pid))
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            now += ended.ru_utime + ended.ru_stime
        return now


def ticks(pid, fields):
    """Seconds; 0 where the process has ended."""
    with contextlib.suppress(OSError, ValueError):
        with open(f'/proc/{pid}/stat', 'rb') as file:
            return sum(map(int, file.read().rpartition(b')')[2].split()[fields])) / TICKS
    return 0.0


def other_processes(interpreter):
    """What a session's programs have started and runs still, where no process of others can be seen: 1 is bubblewrap's, or a supervisor."""
    try:
        found = [int(name) for name in os.listdir('/proc') if name.isdigit()]
    except OSError:
        return []
    return [pid for pid in found if pid not in (1, os.getpid(), interpreter)]


def kill_other_processes(interpreter):
    for pid in other_processes(interpreter):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
