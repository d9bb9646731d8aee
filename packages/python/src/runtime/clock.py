"""The own time of a program: it stands still while the host has calls open and the program only waits for them."""
import time


class ProgramClock:
    """Seconds. `cpu()` is the processor time of the interpreter so far, None where it is not known."""

    def __init__(self, cpu):
        self._cpu = cpu
        self._begin = time.monotonic()
        self._cpu_begin = cpu()
        self._open_calls = 0
        self._is_waiting = False
        self._waited = 0.0
        self._waits_since = None

    def count_call(self, change):
        self._open_calls += change
        self._look()

    def set_waiting(self, is_waiting):
        self._is_waiting = is_waiting
        self._look()

    @property
    def is_still(self):
        return self._waits_since is not None

    def cpu(self):
        now = self._cpu()
        return None if now is None or self._cpu_begin is None else max(0.0, now - self._cpu_begin)

    def elapsed(self):
        return time.monotonic() - self._begin

    def waited(self):
        return self._waited + (time.monotonic() - self._waits_since if self.is_still else 0.0)

    def own(self):
        """Never less than the processor time: a program that only says that it waits is not believed."""
        elapsed, waited = self.elapsed(), self.waited()
        return elapsed if waited == 0 else min(elapsed, max(elapsed - waited, self.cpu() or 0.0))

    def _look(self):
        waits = self._open_calls > 0 and self._is_waiting
        if waits and self._waits_since is None:
            self._waits_since = time.monotonic()
        elif not waits and self._waits_since is not None:
            self._waited += time.monotonic() - self._waits_since
            self._waits_since = None
