"""What `Runtime` needs, over the descriptors of the WebAssembly host."""
import os

from _interloop.channel import Channel

# Given back when a program is over that took all the memory: its end has to be told, and the next one to be heard.
RESERVE_BYTES = 2**18


class DescriptorTransport:
    """`deliver` is told the answers of tools; the one who puts this together sets it."""

    # It runs none beside the program's: there are none here.
    own_threads = 0

    def __init__(self, interrupts):
        self._interrupts = interrupts
        self._channel = Channel(interrupts)
        self._reserve = None
        self.deliver = None
        self.tell = self._channel.send

    def begin(self):
        """Only from now on an interrupt is one of this program, so the host waits for that."""
        try:
            self._reserve = bytearray(RESERVE_BYTES)
        except MemoryError:
            pass  # the program may be the one that frees some
        self._interrupts.begin()
        self.tell({'type': 'begun'})

    def end(self):
        self._interrupts.end()
        self._reserve = None

    def settle(self):
        """What was written has been read by then: nothing here is written to later."""

    def call(self, identity, name, arguments):
        self.tell({'type': 'call', 'id': identity, 'name': name, 'arguments': arguments})

    def wait(self, call):
        while not call.is_done.is_set():
            self._channel.wait()
            self.hear()

    def hear(self):
        """Delivers the answers that are there, without waiting for one. An interrupt loses none: it comes after all were delivered."""
        self._interrupts.hold()
        try:
            for message in self._channel.take():
                self._deliver(message)
        finally:
            self._interrupts.release()

    def request(self):
        """The request that the host has laid there; answers to a program that is over are passed over."""
        while True:
            for message in self._channel.take():
                if message['type'] != 'answer':
                    return message
            self._channel.wait()

    def _deliver(self, message):
        if message['type'] == 'answer':
            self.deliver(message['id'], message.get('value'), message.get('error'))


def write_whole(descriptor, content):
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
