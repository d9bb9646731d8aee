/**
 * What a program writes, kept at the source: head and tail for each stream in bytes, whole characters, the tail told before the end;
 * writes are joined, so that 8,000 flushed prints are a few messages; what child processes write to descriptors 1 and 2 is part of it. Python.
 */
export const OUTPUT: string = `
class Retained:
    "Head and tail of one stream. What is of the head is told at once."
    def __init__(self, limit):
        self.room, self.tail_limit = (limit + 1) // 2, limit // 2
        self.total, self.told, self.tail, self.is_full = 0, 0, bytearray(), False
    def add(self, data):
        self.total += len(data)
        if not self.is_full:
            if len(data) <= self.room:
                self.room -= len(data)
                self.told += len(data)
                return data
            self.is_full, cut = True, self.room
            while cut and data[cut] & 0xC0 == 0x80:
                cut -= 1
            self.tail_limit += self.room - cut
            self.told += cut
            head, data = data[:cut], data[cut:]
        else:
            head = b''
        self.tail += data
        if len(self.tail) > 2 * self.tail_limit + 65536:
            del self.tail[:len(self.tail) - self.tail_limit]
        return head
    def rest(self):
        tail, start = bytes(self.tail), max(0, len(self.tail) - self.tail_limit)
        while start < len(tail) and start and tail[start] & 0xC0 == 0x80:
            start += 1
        tail = tail[start:]
        return tail, self.total - self.told - len(tail)

wake = threading.Event()

def write(name, text):
    record, is_sent = current, False
    if not text:
        return
    if record is None or not record.streams:
        originals[name].write(text) # of a thread whose program has ended: nobody waits for it
        return
    with guard:
        told = record.streams[name].add(text.encode('utf-8', 'backslashreplace'))
        if told:
            if record.pending_name != name:
                flush(record)
            record.pending_name = name
            record.pending.append(told)
            record.pending_bytes += len(told)
            is_quiet = time.monotonic() - record.flushed > 0.05
            if record.pending_bytes > 65536 or (is_quiet and b'\\n' in told):
                flush(record)
                is_sent = is_quiet
            else:
                wake.set()
        total = sum(stream.total for stream in record.streams.values())
    if is_sent:
        await_sent()
    if total > record.limits['outputHardBytes']:
        stop(record, 'output_limit')

def flush(record):
    with guard:
        if record.pending:
            text = b''.join(record.pending).decode('utf-8', 'replace')
            name, record.pending, record.pending_bytes, record.flushed = record.pending_name, [], 0, time.monotonic()
            tell(record, name, {'text': text})

def await_sent():
    "Until the thread that sends has taken it over: what a program wrote before it broke its interpreter is not lost."
    if threading.current_thread() is main_thread:
        sent = threading.Event()
        kernel.iopub_thread.schedule(sent.set)
        sent.wait(0.05)

def keep_flushing():
    while True:
        wake.wait()
        wake.clear()
        time.sleep(0.03)
        with guard:
            if current is not None:
                flush(current)

class Raw(io.RawIOBase):
    "The bytes of sys.stdout and sys.stderr, joined to characters however they are cut."
    def __init__(self, name, descriptor):
        self.stream, self.descriptor = name, descriptor
        self.decoder = codecs.getincrementaldecoder('utf-8')('replace')
    def writable(self):
        return True
    def fileno(self):
        return self.descriptor
    def write(self, data):
        data = bytes(data)
        if os.getpid() != pid: # a forked child: the pipe brings it to us
            return os.write(self.descriptor, data)
        write(self.stream, self.decoder.decode(data))
        return len(data)
    def end(self):
        text = self.decoder.decode(b'', True)
        self.decoder.reset()
        write(self.stream, text)

class Pipe:
    "What child processes and C write to a descriptor."
    def __init__(self, name, descriptor):
        self.name, self.lock = name, threading.Lock()
        self.decoder = codecs.getincrementaldecoder('utf-8')('replace')
        self.source, sink = os.pipe()
        os.dup2(sink, descriptor)
        os.close(sink)
        threading.Thread(target=self.read, daemon=True, name='interloop').start()
    def read(self):
        while True:
            select.select([self.source], [], [])
            with self.lock:
                data = os.read(self.source, 65536)
                if not data:
                    return
                write(self.name, self.decoder.decode(data))
    def drain(self):
        "Waits, half a second at most, until what was written before has been read."
        for _ in range(500):
            with self.lock:
                if not struct.unpack('i', fcntl.ioctl(self.source, termios.FIONREAD, b'\\0\\0\\0\\0'))[0]:
                    return
            time.sleep(0.001)

originals = {'stdout': sys.stdout, 'stderr': sys.stderr}
raws = {'stdout': Raw('stdout', 1), 'stderr': Raw('stderr', 2)}
streams = {
    name: io.TextIOWrapper(raw, encoding='utf-8', errors='strict' if name == 'stdout' else 'backslashreplace', newline='', write_through=True)
    for name, raw in raws.items()
}

def end_output(record):
    "The tails, before the end."
    for pipe in pipes:
        pipe.drain()
    for raw in raws.values():
        raw.end()
    with guard:
        flush(record)
        dropped = {}
        for name, stream in record.streams.items():
            tail, lost = stream.rest()
            if tail:
                tell(record, name, {'text': tail.decode('utf-8', 'replace')})
            if lost:
                dropped[name + 'Bytes'] = lost
        if record.dropped_displays:
            dropped['displays'] = record.dropped_displays
    return dropped
`
