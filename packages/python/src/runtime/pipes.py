"""Descriptors that never block: what cannot be written yet waits, so that a deadline is held whatever the other end does."""
import fcntl
import os
import sys
import termios


class OutgoingPipe:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._waiting = bytearray()
        self.is_broken = False
        os.set_blocking(descriptor, False)

    @property
    def waiting(self):
        return len(self._waiting)

    def write(self, content):
        self._waiting += content
        self.flush()

    def flush(self):
        while self._waiting and not self.is_broken:
            try:
                written = os.write(self.descriptor, memoryview(self._waiting)[: 2**18])
            except BlockingIOError:
                return
            except OSError:
                self.is_broken = True
                return
            del self._waiting[:written]


def waiting_bytes(descriptor):
    """How much can be read at once; 0 also where the other end is closed."""
    try:
        return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def read_all(descriptor, most=2**20):
    """What is there now, up to `most` bytes, and whether the other end is closed."""
    received = bytearray()
    while len(received) < most:
        try:
            piece = os.read(descriptor, min(2**18, most - len(received)))
        except BlockingIOError:
            return bytes(received), False
        except OSError:
            return bytes(received), True
        if not piece:
            return bytes(received), True
        received += piece
    return bytes(received), False
