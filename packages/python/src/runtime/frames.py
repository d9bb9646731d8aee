"""Frames between supervisor and interpreter: four bytes of length, one of kind, then the content."""
import json
import struct

HEADER = struct.Struct('>Ic')
JSON, STDOUT, STDERR = b'j', b'1', b'2'
# A frame that says it is longer is none of ours.
FRAME_BYTES = 2**28


def frame(kind, content):
    return HEADER.pack(len(content), kind) + content


def json_frame(message):
    return frame(JSON, json.dumps(message).encode())


class FrameReader:
    """Takes bytes as they come and gives whole frames, as pairs of kind and content."""

    def __init__(self):
        self._bytes = bytearray()

    def feed(self, received):
        self._bytes += received
        start = 0
        while len(self._bytes) - start >= HEADER.size:
            length, kind = HEADER.unpack_from(self._bytes, start)
            if length > FRAME_BYTES:
                raise ValueError(f'a frame of {length} bytes')
            end = start + HEADER.size + length
            if len(self._bytes) < end:
                break
            yield kind, bytes(self._bytes[start + HEADER.size : end])
            start = end
        del self._bytes[:start]
