"""Frames of JSON over descriptor 3, at whose other end the host sits: `u32` length (little-endian), then the content."""
import json
import os
import select

DESCRIPTOR = 3
LENGTH_BYTES = 4
PIECE_BYTES = 2**16


class Channel:
    """`interrupts` are held while a frame is on its way: it goes whole, or not at all."""

    def __init__(self, interrupts):
        self._interrupts = interrupts
        self._received = bytearray()
        # Made once: a request must get through when no memory is left.
        self._piece = bytearray(PIECE_BYTES)
        self._readable = select.poll()
        self._readable.register(DESCRIPTOR, select.POLLIN)

    def send(self, message):
        content = json.dumps(message).encode()
        frame = memoryview(len(content).to_bytes(LENGTH_BYTES, 'little') + content)
        self._interrupts.hold()
        try:
            while frame:
                frame = frame[os.write(DESCRIPTOR, frame) :]
        finally:
            self._interrupts.release()

    def wait(self):
        """Until there is something to take."""
        self._readable.poll()

    def take(self):
        """The messages that are there now, without waiting for one."""
        messages = []
        self._interrupts.hold()
        try:
            while self._readable.poll(0):
                size = os.readinto(DESCRIPTOR, self._piece)
                if size == 0:
                    os._exit(0)  # without a host there is nobody to run for
                self._received += memoryview(self._piece)[:size]
                messages.extend(self._whole_messages())
        finally:
            self._interrupts.release()
        return messages

    def _whole_messages(self):
        while len(self._received) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._received[:LENGTH_BYTES], 'little')
            if len(self._received) < end:
                return
            content = bytes(self._received[LENGTH_BYTES:end])
            del self._received[:end]
            yield json.loads(content)
