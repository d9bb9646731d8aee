"""Messages between host and supervisor: a line of JSON each; one that says `bytes` is followed by as many of them."""
import json


class MessageReader:
    """Takes bytes as they come and gives whole messages, as pairs of the message and the bytes that followed it."""

    def __init__(self):
        self._bytes = bytearray()
        self._searched = 0
        self._message = None

    def feed(self, received):
        self._bytes += received
        while True:
            if self._message is None:
                end = self._bytes.find(b'\n', self._searched)
                if end < 0:
                    self._searched = len(self._bytes)
                    return
                self._message = json.loads(self._bytes[:end])
                del self._bytes[: end + 1]
                self._searched = 0
            size = self._message.get('bytes', 0)
            if len(self._bytes) < size:
                return
            content = bytes(self._bytes[:size])
            del self._bytes[:size]
            message, self._message = self._message, None
            yield message, content


def message_bytes(message, content=b''):
    if content:
        message = {**message, 'bytes': len(content)}
    return json.dumps(message).encode() + b'\n' + content
