"""
Calls of host tools: one leaves on the stdin socket and is repeated each half second until it is acknowledged; its answer comes on
control (remote.md 9, "Channels").
"""
import base64
import json
import threading
import time

from _interloop import ledger, streams
from _interloop.kernel import is_forked, kernel, send
from _interloop.ledger import clock_changed, guard
from _interloop.tools import ToolCalls, ToolError

AGAIN_SECONDS = 0.5


class Sent:
    """A call on its way: what is repeated, and the parts of an answer that is too large for one message."""

    def __init__(self, record, call):
        self.record = record
        self.call = call
        self.is_heard = False
        self.parts = {}


class Transport:
    """What `ToolCalls` needs, over the channels of a kernel."""

    def __init__(self):
        self.sent = {}

    def call(self, identity, name, arguments):
        record = ledger.current
        if is_forked():
            raise RuntimeError('tools can be called by the process of the program alone, not by one that it forked')
        if record is None:
            tools.open_calls.pop(identity, None)
            raise ToolError('host tools can be called only while a program runs')
        streams.flush_text()
        with guard:
            streams.flush(record)
            record.clock.count_call(1)
            # Events take a channel of their own: the host takes a call after those that were told before it.
            told = len(record.events)
            call = {'key': record.key, 'id': identity, 'name': name, 'arguments': json.loads(arguments), 'after': told}
            sent = self.sent[identity] = Sent(record, call)
            self.send(sent)

    def wait(self, call):
        try:
            call.is_done.wait()
        finally:
            self.forget(call.id)

    def tell(self, message):
        """That the program only waits for answers, or goes on."""
        with guard:
            if ledger.current is not None:
                ledger.current.clock.set_waiting(message['isWaiting'])
        clock_changed.set()

    def send(self, sent):
        with guard:
            send(kernel.stdin_socket, 'interloop_call', sent.call, sent.record.parent, ident=owner_of_program())

    def forget(self, identity):
        with guard:
            sent = self.sent.pop(identity, None)
            if sent is not None:
                sent.record.clock.count_call(-1)
        clock_changed.set()
        return sent


transport = Transport()
tools = ToolCalls(transport)


def install():
    threading.Thread(target=keep_calling, daemon=True, name='interloop').start()


def end():
    tools.end()
    for identity in list(transport.sent):
        transport.forget(identity)


def owner_of_program():
    """To whom the program's own reply goes."""
    if hasattr(kernel, '_shell_parent_ident'):
        shared = kernel._shell_parent_ident
        return kernel._get_shell_context_var(shared) if hasattr(kernel, '_get_shell_context_var') else shared.get()
    return kernel._parent_ident['shell']


def keep_calling():
    while True:
        time.sleep(AGAIN_SECONDS)
        for sent in list(transport.sent.values()):
            if not sent.is_heard:
                try:
                    transport.send(sent)
                except Exception:  # the socket is of no use any more; the host asks for what is open
                    pass


def heard_call(id):
    sent = transport.sent.get(id)
    if sent is not None:
        sent.is_heard = True
    return {}


def answer(id, answer):
    transport.forget(id)
    tools.deliver(id, answer.get('value'), answer.get('error'))
    return {}


def answer_part(id, index, count, content):
    sent = transport.sent.get(id)
    if sent is not None:
        sent.parts[index] = base64.b64decode(content)
        if len(sent.parts) == count:
            answer(id, json.loads(b''.join(sent.parts[number] for number in range(count))))
    return {}


def open_calls():
    """For a host that missed them."""
    return {'calls': [sent.call for sent in list(transport.sent.values())]}
