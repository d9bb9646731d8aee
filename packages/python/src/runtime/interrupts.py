"""An interrupt belongs to a program, and to nobody else."""
import signal


class Interrupts:
    """Makes a KeyboardInterrupt of SIGINT while a program runs, but never in the middle of a frame."""

    def __init__(self):
        self._is_running = False
        self._held = 0
        self._is_pending = False

    def install(self):
        """Again for each program: one may have put a handler of its own."""
        signal.signal(signal.SIGINT, self._handle)

    def begin(self):
        self._is_pending = False
        self._is_running = True

    def end(self):
        self._is_running = False

    def hold(self):
        self._held += 1

    def release(self):
        self._held -= 1
        if self._is_pending and self._held == 0:
            self._is_pending = False
            if self._is_running:
                raise KeyboardInterrupt

    def _handle(self, number, interrupted):
        if not self._is_running:
            return
        if self._held > 0:
            self._is_pending = True
            return
        raise KeyboardInterrupt
