"""The streams of a program, and the answer to one that asks for input."""
import io


class Stream(io.RawIOBase):
    """Sends what is written on, without a buffer of its own: an interrupt can then neither lose nor double a text."""

    def __init__(self, send, descriptor):
        self._send = send
        self._descriptor = descriptor

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def write(self, data):
        content = bytes(data)
        if content:
            self._send(content)
        return len(content)


def text_stream(send, descriptor, errors):
    """A text stream over `send`, which gets bytes of whole lines, or what was flushed."""
    stream = io.TextIOWrapper(Stream(send, descriptor), encoding='utf-8', errors=errors, line_buffering=True)
    stream.mode = 'w'
    return stream


def read_input(prompt='', /):
    """Takes the place of `input`."""
    raise EOFError('input() has nobody to ask: a program here has no standard input; write the values into the code')
