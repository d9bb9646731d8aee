"""What a program writes, as text: its head is told at once, its tail is kept and told at the end, what lies between is counted."""
import codecs

# A character that is cut at the head may be this much longer than what fits.
LONGEST_CHARACTER = 4


class Outputs:
    """Both streams of one program. `tell` gets messages; neighbours of one stream are one message. For `head` see `Output`."""

    def __init__(self, limit, tell, head=None):
        self._tell = tell
        self._streams = {name: Output(limit, head) for name in ('stdout', 'stderr')}
        self._decoders = {}
        self._joined = (None, [])

    @property
    def bytes(self):
        return sum(stream.bytes for stream in self._streams.values())

    def add(self, name, source, content, is_last=False):
        """`source` is where it came from: bytes of one character come from one source."""
        decoder = self._decoders.get((name, source))
        if decoder is None:
            decoder = self._decoders[name, source] = codecs.getincrementaldecoder('utf-8')('replace')
        text = decoder.decode(content, is_last)
        if text:
            self._join(name, self._streams[name].add(text))

    def flush(self):
        name, texts = self._joined
        self._joined = (None, [])
        if texts:
            self._tell({'type': name, 'text': ''.join(texts)})

    def finish(self):
        """Tells the tails and returns what was dropped, by the names of a result."""
        for name, source in list(self._decoders):
            self.add(name, source, b'', True)
        for name, stream in self._streams.items():
            self._join(name, stream.tail())
        self.flush()
        return {f'{name}Bytes': stream.dropped for name, stream in self._streams.items() if stream.dropped}

    def _join(self, name, text):
        if not text:
            return
        if self._joined[0] != name:
            self.flush()
            self._joined = (name, [])
        self._joined[1].append(text)


class Output:
    """
    One stream: `limit` bytes are told at once, as many as half of it are kept of the end, for a host that makes `limit` bytes of both.
    For one that joins them, `head` is what is told at once, and the rest of `limit` is kept.
    """

    def __init__(self, limit, head=None):
        self._room = limit if head is None else head
        self._tail_bytes = limit // 2 + LONGEST_CHARACTER if head is None else limit - head
        self._tail = bytearray()
        self.bytes = 0
        self.dropped = 0

    def add(self, text):
        """What of it is told at once."""
        content = text.encode()
        self.bytes += len(content)
        if len(content) <= self._room:
            self._room -= len(content)
            return text
        end = character_start(content, self._room)
        self._tail_bytes += self._room - end
        self._room = 0
        self._tail += content[end:]
        if len(self._tail) > 2 * self._tail_bytes + 2**16:
            self._shorten_tail()
        return content[:end].decode()

    def tail(self):
        self._shorten_tail()
        return self._tail.decode()

    def _shorten_tail(self):
        start = max(0, len(self._tail) - self._tail_bytes)
        while start < len(self._tail) and is_continuation(self._tail[start]):
            start += 1
        self.dropped += start
        del self._tail[:start]


def character_start(content, position):
    """The last place up to `position` where a character begins."""
    while position > 0 and is_continuation(content[position]):
        position -= 1
    return position


def is_continuation(byte):
    return byte & 0xC0 == 0x80
