"""The working folder of a session, served over the control channel."""
import base64
import hashlib
import os
import shutil
import stat
import tempfile
import threading

from _interloop.files import Folder, parts_of
from _interloop.kernel import cleaned

# What is larger is told without its hash: nobody can stop the kernel while it reads.
HASHED_BYTES = 64 * 2**20

path = None
parts_path = None
lock = threading.RLock()


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class KernelFolder(Folder):
    def __init__(self, root):
        super().__init__(root, HASHED_BYTES)

    def make_way(self, name):
        """The folders of a file, for a server that shares them."""
        os.close(self._open_folder(parts_of(name)[:-1], make=True))

    def note(self, name):
        """The host's server wrote it, so no program did."""
        *folders, last = parts_of(name)
        parent = self._open_folder(folders)
        try:
            self._look_at(parent, last, name, self._known, self._known)
        finally:
            os.close(parent)

    def is_at(self, root):
        try:
            status = os.stat(root)
        except OSError:
            return False
        return os.path.samestat(status, os.fstat(self._root)) and stat.S_ISDIR(status.st_mode)


served = None


def install(wanted):
    global path, parts_path
    path = make_folder(wanted)
    parts_path = tempfile.mkdtemp(prefix='interloop-')
    stand_in()
    changes()  # what a lost kernel left is no change of a program


def make_folder(wanted):
    """One for each session, where the kernel stands, or among the temporary ones where that cannot be written."""
    for base in (os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()):
        made = os.path.join(base, wanted)
        try:
            os.makedirs(made, exist_ok=True)
            if os.access(made, os.W_OK | os.X_OK):
                return os.path.realpath(made)
        except OSError:
            continue
    raise Refused('unsupported', 'the kernel has no folder that it can write to')


def stand_in():
    """A program may have removed the folder that it stood in."""
    opened()
    try:
        os.getcwd()
    except OSError:
        os.chdir(path)


def opened():
    """The folder by its descriptor; another one where a program put another in its place."""
    global served
    with lock:
        if served is None or not served.is_at(path):
            if served is not None:
                served.close()
            os.makedirs(path, exist_ok=True)
            served = KernelFolder(path)
        return served


def put(path, content, part, offset, sha256=None, names=()):
    """A part of a file, written aside; with the last one, whose sha256 is told, it takes its names."""
    aside = os.path.join(parts_path, part)
    with open(aside, 'r+b' if os.path.exists(aside) else 'w+b') as file:
        file.seek(offset)
        file.write(base64.b64decode(content))
        if sha256 is None:
            return {}
        file.truncate()
        file.seek(0)
        whole = file.read()
    os.remove(aside)
    refuse_other(path, whole, sha256)
    with lock:
        for name in (path, *names):
            opened().put(name, whole)
    return {}


def placed(path, sha256, names=()):
    """What the server wrote: checked, given its further names, and none of a program's doing."""
    with lock:
        whole = b''.join(found(path))
        refuse_other(path, whole, sha256)
        opened().note(path)
        for name in names:
            opened().put(name, whole)
    return {}


def refuse_other(path, content, sha256):
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused('protocol', f'the file {path!r} did not arrive whole')


def found(path):
    try:
        yield from opened().read(path)
    except FileNotFoundError:
        raise Refused('not_found', f'there is no regular file {path!r}') from None


def read(path, offset, length):
    try:
        stream, size = opened().open(path)
    except FileNotFoundError:
        raise Refused('not_found', f'there is no regular file {path!r}') from None
    with stream:
        stream.seek(offset)
        return {'size': size, 'content': base64.b64encode(stream.read(length)).decode()}


def fingerprint(path):
    digest, size = hashlib.sha256(), 0
    for piece in found(path):
        digest.update(piece)
        size += len(piece)
    return {'size': size, 'sha256': digest.hexdigest()}


def make_way(path):
    opened().make_way(path)
    return {}


def remove(path):
    with lock:
        opened().remove(path)
    return {}


def list_files():
    return {'files': cleaned(opened().list())}


def changes():
    with lock:
        return cleaned(opened().changes())


def close():
    """The folder goes with the session."""
    os.chdir(tempfile.gettempdir())
    for each in (path, parts_path):
        shutil.rmtree(each, ignore_errors=True)
    return {}
