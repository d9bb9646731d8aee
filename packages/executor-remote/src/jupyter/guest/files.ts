/** Files of the working folder, served by the guest: regular files only, no link is followed, no FIFO waited for (remote.md 9, "Files"). Python. */
export const FILES: string = `
HASHED_BYTES = 64 * 2 ** 20
known = {}
known_lock = threading.Lock()

class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

def make_folder(wanted):
    "One for each session, where the kernel stands, or among the temporary ones where that cannot be written."
    for base in (os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()):
        folder = os.path.join(base, wanted)
        try:
            os.makedirs(folder, exist_ok=True)
            probe = os.path.join(folder, '.probe')
            with open(probe, 'w'):
                pass
            os.remove(probe)
            return os.path.realpath(folder)
        except OSError:
            continue
    raise Refused('unsupported', 'the kernel has no folder that it can write to')

def os_folder():
    "A program may have removed the folder that it stood in."
    try:
        os.getcwd()
    except OSError:
        os.makedirs(FOLDER, exist_ok=True)
        os.chdir(FOLDER)

def inside(path):
    "The descriptor of the folder that a path stands in, and its last name; links on the way are refused, folders are made where 'make' is said."
    parts = pathlib.PurePosixPath(path.replace('\\\\', '/')).parts
    if not parts or path.startswith('/') or '..' in parts or '\\0' in path:
        raise Refused('unsupported', f'the path {path!r} leads out of the working folder')
    return parts

def open_folder(parts, make=False):
    descriptor = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts:
            if make:
                try:
                    os.mkdir(part, dir_fd=descriptor)
                except FileExistsError:
                    pass
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        return descriptor
    except BaseException:
        os.close(descriptor)
        raise

def open_regular(path, flags=os.O_RDONLY):
    "A descriptor of a regular file; nothing else is opened, and nothing is waited for."
    *folders, name = inside(path)
    try:
        folder = open_folder(folders)
    except OSError:
        raise Refused('not_found', f'there is no file {path!r}') from None
    try:
        descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        raise Refused('not_found', f'there is no regular file {path!r}') from None
    finally:
        os.close(folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Refused('not_found', f'{path!r} is no regular file')

def read(path, offset, length):
    descriptor = open_regular(path)
    with os.fdopen(descriptor, 'rb') as file:
        size = os.fstat(descriptor).st_size
        file.seek(offset)
        return {'size': size, 'content': base64.b64encode(file.read(length)).decode()}

def put(path, content, part, offset, sha256=None, names=()):
    "A part of a file, written aside; with the last one, whose sha256 is told, it takes its names."
    aside = os.path.join(PARTS, part)
    with open(aside, 'r+b' if os.path.exists(aside) else 'w+b') as file:
        file.seek(offset)
        file.write(base64.b64decode(content))
        if sha256 is None:
            return {}
        file.truncate()
        file.seek(0)
        whole = file.read()
    if hashlib.sha256(whole).hexdigest() != sha256:
        os.remove(aside)
        raise Refused('protocol', f'the file {path!r} did not arrive whole')
    for name in (path, *names):
        write_whole(name, whole)
    os.remove(aside)
    note((path, *names))
    return {}

def write_whole(name, whole):
    "A link in its place is replaced, not followed."
    *folders, last = inside(name)
    folder = open_folder(folders, make=True)
    temporary = f'.{uuid.uuid4().hex}'
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644, dir_fd=folder)
        with os.fdopen(descriptor, 'wb') as file:
            file.write(whole)
        os.replace(temporary, last, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)

def make_way(path):
    "The folders of a path, for a server that shares them."
    os.close(open_folder(inside(path)[:-1], make=True))
    return {}

def placed(path, sha256, names=()):
    "What the server wrote: checked, given its further names, and none of a program's doing."
    descriptor = open_regular(path)
    with os.fdopen(descriptor, 'rb') as file:
        whole = file.read()
    if hashlib.sha256(whole).hexdigest() != sha256:
        raise Refused('protocol', f'the file {path!r} did not arrive whole')
    for name in names:
        write_whole(name, whole)
    note((path, *names))
    return {}

def fingerprint(path):
    descriptor = open_regular(path)
    with os.fdopen(descriptor, 'rb') as file:
        return {'size': os.fstat(descriptor).st_size, 'sha256': hashlib.sha256(file.read(HASHED_BYTES + 1)).hexdigest()}

def remove(path):
    *folders, name = inside(path)
    try:
        os.close(open_regular(path))
        folder = open_folder(folders)
    except (Refused, OSError):
        return {}
    try:
        os.unlink(name, dir_fd=folder)
    finally:
        os.close(folder)
    with known_lock:
        known.pop(path, None)
    return {}

def list_files():
    return {'files': [{'path': clean(name), 'size': size} for name, (size, _) in look().items()]}

def look():
    "Size and time of each regular file."
    found = {}
    for folder, _, names in os.walk(FOLDER):
        for name in sorted(names):
            path = os.path.join(folder, name)
            try:
                status = os.lstat(path)
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                found[os.path.relpath(path, FOLDER)] = (status.st_size, status.st_mtime_ns)
            if len(found) >= 20_000:
                return found
    return found

def hash_of(name, size):
    if size > HASHED_BYTES:
        return None
    try:
        descriptor = open_regular(name)
    except Refused:
        return None
    with os.fdopen(descriptor, 'rb') as file:
        return hashlib.sha256(file.read(HASHED_BYTES + 1)).hexdigest()

def note(names):
    "The host changed them, so no program did."
    seen = time.time()
    with known_lock:
        for name in names:
            name = os.path.normpath(name)
            status = os.lstat(os.path.join(FOLDER, name))
            known[name] = {'stamp': (status.st_size, status.st_mtime_ns), 'seen': seen, 'sha256': hash_of(name, status.st_size)}

def changes():
    "Since the last call."
    global known
    with known_lock:
        before, now, found, after = known, time.time(), [], {}
        for name, stamp in look().items():
            old = before.get(name)
            # What was young when it was looked at may have changed since without a trace in its time.
            is_same = old is not None and old['stamp'] == stamp and old['seen'] > stamp[1] / 1e9 + 0.05
            after[name] = old if is_same else {'stamp': stamp, 'seen': now, 'sha256': hash_of(name, stamp[0])}
            if old is not None and (is_same or (old['sha256'] == after[name]['sha256'] and old['stamp'][0] == stamp[0] and old['sha256'])):
                continue
            change = {'path': clean(name), 'change': 'created' if old is None else 'modified', 'size': stamp[0]}
            mime_type = mimetypes.guess_type(name)[0]
            found.append({
                **change, **({'sha256': after[name]['sha256']} if after[name]['sha256'] else {}), **({'mimeType': mime_type} if mime_type else {}),
            })
        known = after
    return found + [{'path': clean(name), 'change': 'deleted', 'size': 0} for name in before if name not in after]
`
