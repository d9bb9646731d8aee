"""
The working folder, by open descriptors: a program may put links, pipes and folders where a file is expected, and swap them
while they are looked at. Only regular files count, no link is ever followed (remote.md 9).
"""
import hashlib
import mimetypes
import os
import stat
import time

PIECE_BYTES = 2**20
FOLDER_DEPTH = 64
LISTED_FILES = 20_000
# Stamps of files have a grain: what was younger than this when it was looked at may have changed since without a trace.
YOUNG_SECONDS = 0.05

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MAKE_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """Serves the files of a session, and finds out what a program changed. What is larger than `hashed_bytes` is told without a hash."""

    def __init__(self, path, hashed_bytes=None):
        self._hashed_bytes = hashed_bytes
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._known = {}

    def put(self, path, content):
        """Replaces what stands there, a link too; what the host puts is no change of a program."""
        *folders, name = parts_of(path)
        parent = self._open_folder(folders, make=True)
        try:
            temporary = f'.{os.urandom(8).hex()}.part'
            file = os.open(temporary, MAKE_FILE, 0o644, dir_fd=parent)
            try:
                with open(file, 'wb', buffering=0) as stream:
                    write_whole(stream, content)
                os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                os.unlink(temporary, dir_fd=parent)
                raise
            self._look_at(parent, name, '/'.join([*folders, name]), self._known, self._known)
        finally:
            os.close(parent)

    def open(self, path):
        """A stream and its size. Raises `FileNotFoundError` where there is no regular file."""
        *folders, name = parts_of(path)
        parent = self._open_folder(folders)
        try:
            file = os.open(name, OPEN_FILE, dir_fd=parent)
        except OSError as error:
            raise FileNotFoundError(path) from error
        finally:
            os.close(parent)
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            os.close(file)
            raise FileNotFoundError(path)
        return open(file, 'rb', buffering=0), status.st_size

    def read(self, path):
        """The content in pieces. Raises `FileNotFoundError` where there is no regular file."""
        stream, left = self.open(path)
        with stream:
            while left > 0:
                piece = stream.read(min(left, PIECE_BYTES))
                if not piece:
                    return
                left -= len(piece)
                yield piece

    def remove(self, path):
        """What is not there, or no regular file, is left."""
        *folders, name = parts_of(path)
        try:
            parent = self._open_folder(folders)
        except FileNotFoundError:
            return
        try:
            if stat.S_ISREG(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            pass
        finally:
            os.close(parent)
        self._known.pop('/'.join([*folders, name]), None)

    def list(self):
        found = []
        self._walk(lambda folder, name, path: found.append({'path': path, 'size': size_of(folder, name)}))
        return [file for file in found if file['size'] is not None]

    def changes(self):
        """Since the last call; without what the host put or removed."""
        before, now = self._known, {}
        self._walk(lambda folder, name, path: self._look_at(folder, name, path, before, now))
        self._known = now
        found = []
        for path, file in now.items():
            if path not in before or is_changed(before[path], file):
                found.append(
                    {
                        'path': path,
                        'change': 'modified' if path in before else 'created',
                        'size': file['stamp'][0],
                        **({} if file['sha256'] is None else {'sha256': file['sha256']}),
                        **mime_type_of(path),
                    }
                )
        return found + [{'path': path, 'change': 'deleted', 'size': 0} for path in before if path not in now]

    def close(self):
        os.close(self._root)

    def _open_folder(self, folders, make=False):
        opened = os.dup(self._root)
        for name in folders:
            try:
                if make:
                    try:
                        os.mkdir(name, 0o755, dir_fd=opened)
                    except FileExistsError:
                        pass
                inner = os.open(name, OPEN_FOLDER, dir_fd=opened)
            except OSError as error:
                if make:
                    raise
                raise FileNotFoundError('/'.join(folders)) from error
            finally:
                os.close(opened)
            opened = inner
        return opened

    def _walk(self, visit):
        """Calls with folder, name and path of each file that seems regular; what vanishes meanwhile is passed over."""
        left = LISTED_FILES
        waiting = [[]]
        while waiting and left > 0:
            folders = waiting.pop()
            try:
                opened = self._open_folder(folders)
            except OSError:
                continue
            try:
                inner = []
                with os.scandir(opened) as entries:
                    for entry in sorted(entries, key=lambda entry: entry.name):
                        if not is_told(entry.name) or left <= 0:
                            continue
                        if entry.is_dir(follow_symlinks=False) and len(folders) < FOLDER_DEPTH:
                            inner.append([*folders, entry.name])
                        elif entry.is_file(follow_symlinks=False):
                            left -= 1
                            visit(opened, entry.name, '/'.join([*folders, entry.name]))
                waiting.extend(reversed(inner))
            except OSError:
                continue
            finally:
                os.close(opened)

    def _look_at(self, folder, name, path, before, now):
        try:
            file = os.open(name, OPEN_FILE, dir_fd=folder)
        except OSError:
            return
        with open(file, 'rb', buffering=0) as stream:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                return
            stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            known = before.get(path)
            if known and known['stamp'] == stamp and known['seen'] > max(status.st_mtime, status.st_ctime) + YOUNG_SECONDS:
                now[path] = known
                return
            seen = time.time()
            is_hashed = self._hashed_bytes is None or status.st_size <= self._hashed_bytes
            now[path] = {'stamp': stamp, 'seen': seen, 'sha256': sha256_of(stream, status.st_size) if is_hashed else None}


def parts_of(path):
    parts = [part for part in path.split('/') if part not in ('', '.')]
    if not parts or '..' in parts or path.startswith('/') or '\0' in path:
        raise ValueError(f'{path!r} is no path in the working folder')
    return parts


def write_whole(stream, content):
    view = memoryview(content)
    while view:
        view = view[stream.write(view) :]


def is_changed(before, now):
    """Without a hash only the stamps tell."""
    return before['sha256'] != now['sha256'] or (now['sha256'] is None and before['stamp'] != now['stamp'])


def sha256_of(stream, size):
    """Of as much as was there when it was opened: a file that grows has no end."""
    digest = hashlib.sha256()
    while size > 0:
        piece = stream.read(min(size, PIECE_BYTES))
        if not piece:
            break
        size -= len(piece)
        digest.update(piece)
    return digest.hexdigest()


def size_of(folder, name):
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def is_told(name):
    """Names are told as text; one that is none cannot be asked for either."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def mime_type_of(path):
    guessed = mimetypes.guess_type(path)[0]
    return {'mimeType': guessed} if guessed else {}
