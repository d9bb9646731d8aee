"""
Random operations on files, told line by line: the same seed gives the same operations here and there, so that what differs is the file system.
`transcript(seed, count)` works in the present working folder, which has to be empty.
"""
import errno
import os
import stat

NAMES = ['a', 'b', 'c', 'd', 'a/b', 'a/c', 'b/a', 'c/d', 'a/b/c', 'd/a/b', 'b/c/d', 'c/a/d/b']
ODD_NAMES = ['.', '..', './a', 'a/.', 'a/..', 'b/../c', 'a//b', 'c/', 'd/a/', '../x/a', '', 'n' * 255, 'n' * 256, 'a/' + 'm' * 300, 'é', 'a\tb', '😀/x']
FLAGS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR']
MORE_FLAGS = ['O_CREAT', 'O_CREAT', 'O_CREAT', 'O_EXCL', 'O_TRUNC', 'O_APPEND', 'O_DIRECTORY', 'O_NOFOLLOW']
TARGETS = ['a', 'b', '../a', 'c/d', 'missing', 'a/', '.', '..', 'b/c', 'd']
# So many folders above the working folder belong to it as well.
DEPTH = 6
MODES = [0o777, 0o755, 0o644, 0o600, 0o700, 0o400, 0o500, 0o000, 0o200, 0o111]


def transcript(seed, count):
    world = World(Chance(seed))
    lines = [world.step() for _ in range(count)]
    lines.append(world.tree())
    world.close()
    return lines


class Chance:
    """The same numbers with every version of Python, which `random` does not promise (mulberry32)."""

    def __init__(self, seed):
        self.state = seed * 1_000_003 & 0xFFFFFFFF

    def randrange(self, below):
        self.state = (self.state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = (self.state ^ self.state >> 15) * (self.state | 1) & 0xFFFFFFFF
        mixed ^= mixed + (mixed ^ mixed >> 7) * (mixed | 61) & 0xFFFFFFFF
        return (mixed ^ mixed >> 14) % below

    def random(self):
        return self.randrange(1000) / 1000

    def choice(self, values):
        return values[self.randrange(len(values))]


class World:
    def __init__(self, chance):
        self.chance = chance
        self.top = os.getcwd()
        self.open = []
        os.umask(0o022)

    def step(self):
        operations = [name for name in dir(self) if name.startswith('do_')]
        operation = self.chance.choice(operations)
        # All that is random is drawn before the operation, so that a failure changes nothing of what follows.
        call, arguments = getattr(self, operation)()
        told = f'{operation[3:]} {arguments!r}'.replace('n' * 250, 'n…').replace('m' * 250, 'm…')
        try:
            result = call()
        except OSError as error:
            return f'{told} -> {errno.errorcode.get(error.errno, error.errno)}'
        except (ValueError, OverflowError, TypeError, IndexError) as error:
            return f'{told} -> {type(error).__name__}'
        return f'{told} -> {self.shown(result)}'

    def shown(self, result):
        if isinstance(result, str):
            return repr(os.path.relpath(result, self.top) if result.startswith('/') else result)
        return repr(result)

    def path(self):
        return self.chance.choice(NAMES if self.chance.random() < 0.85 else ODD_NAMES)

    def descriptor(self):
        return self.chance.randrange(6)

    def at(self, index):
        if not self.open:
            raise IndexError
        return self.open[index % len(self.open)]

    def do_open(self):
        path, mode = self.path(), self.chance.choice(MODES)
        more = {self.chance.choice(MORE_FLAGS) for _ in range(self.chance.randrange(4))}
        if 'O_CREAT' in more:
            more.discard('O_DIRECTORY')  # what both together mean depends on the version of Linux
        names = [self.chance.choice(FLAGS), *sorted(more)]

        def call():
            opened = os.open(path, sum({getattr(os, name) for name in names}), mode)
            self.open.append(opened)
            if len(self.open) > 8:
                os.close(self.open.pop(0))
            return self.status(os.fstat(opened))

        return call, (path, names, oct(mode))

    do_open_again = do_open
    do_open_once_more = do_open

    def do_close(self):
        index = self.descriptor()

        def call():
            opened = self.at(index)
            self.open.remove(opened)
            os.close(opened)

        return call, index

    def do_write(self):
        index, data = self.descriptor(), bytes([65 + self.chance.randrange(26)]) * self.chance.choice([0, 1, 5, 100, 5000, 70000])
        return lambda: os.write(self.at(index), data), (index, len(data))

    def do_read(self):
        index, size = self.descriptor(), self.chance.choice([0, 1, 10, 100000])
        return lambda: digest(os.read(self.at(index), size)), (index, size)

    def do_pread(self):
        index, size, place = self.descriptor(), self.chance.choice([1, 10, 100000]), self.chance.choice([0, 3, 65530, 10**9, -1])
        return lambda: digest(os.pread(self.at(index), size, place)), (index, size, place)

    def do_pwrite(self):
        index, size, place = self.descriptor(), self.chance.choice([0, 1, 7, 9000]), self.chance.choice([0, 3, 65530, 200000, -1])
        return lambda: os.pwrite(self.at(index), b'p' * size, place), (index, size, place)

    def do_lseek(self):
        index, place, origin = self.descriptor(), self.chance.choice([0, 1, -1, 10, 70000, -70000]), self.chance.choice([0, 1, 2, 9])

        def call():
            opened = self.at(index)
            if stat.S_ISDIR(os.fstat(opened).st_mode):
                return 'a folder'  # its positions are the file system's own matter
            return os.lseek(opened, place, origin)

        return call, (index, place, origin)

    def do_ftruncate(self):
        index, size = self.descriptor(), self.chance.choice([0, 1, 100, 65536, 65537, 150000, -1])
        return lambda: os.ftruncate(self.at(index), size), (index, size)

    def do_truncate(self):
        path, size = self.path(), self.chance.choice([0, 1, 100, 65536, 150000, -1])
        return lambda: os.truncate(path, size), (path, size)

    def do_fstat(self):
        index = self.descriptor()
        return lambda: self.status(os.fstat(self.at(index))), index

    def do_stat(self):
        path = self.path()
        return lambda: self.status(os.stat(path)), path

    def do_lstat(self):
        path = self.path()
        return lambda: self.status(os.lstat(path)), path

    def do_dup(self):
        index = self.descriptor()

        def call():
            self.open.append(os.dup(self.at(index)))
            if len(self.open) > 8:
                os.close(self.open.pop(0))

        return call, index

    def do_dup2(self):
        index, other = self.descriptor(), self.descriptor()
        return lambda: os.dup2(self.at(index), self.at(other)) == self.at(other), (index, other)

    def do_mkdir(self):
        path, mode = self.path(), self.chance.choice(MODES[:5] + [0o1777, 0o500, 0o300])
        return lambda: os.mkdir(path, mode), (path, oct(mode))

    do_mkdir_again = do_mkdir

    def do_rmdir(self):
        path = self.path()
        return lambda: os.rmdir(path), path

    def do_unlink(self):
        path = self.path()
        return lambda: os.unlink(path), path

    def do_rename(self):
        path, other = self.path(), self.path()
        return lambda: os.rename(path, other), (path, other)

    do_rename_again = do_rename

    def do_symlink(self):
        target, path = self.chance.choice(TARGETS + ['']), self.path()
        return lambda: os.symlink(target, path), (target, path)

    def do_readlink(self):
        path = self.path()
        return lambda: os.readlink(path), path

    def do_listdir(self):
        path = self.path()
        return lambda: sorted(os.listdir(path)), path

    def do_scandir(self):
        path = self.path()

        def call():
            with os.scandir(path) as entries:
                return sorted((entry.name, entry.is_dir(), entry.is_file(), entry.is_symlink()) for entry in entries)

        return call, path

    def do_chmod(self):
        path, mode = self.chance.choice(NAMES), self.chance.choice(MODES)
        return lambda: os.chmod(path, mode), (path, oct(mode))

    def do_restore_permissions(self):
        return self.restore, ()

    def restore(self):
        """Links lead to folders above, by which those below may have become closed."""
        path = self.top
        above = [path := os.path.dirname(path) for _ in range(DEPTH)]
        for folder in [*reversed(above), self.top, *(f'{self.top}/{name}' for name in 'abcd')]:
            if os.path.isdir(folder) and not os.path.islink(folder):
                os.chmod(folder, 0o755)

    def do_fchmod(self):
        index, mode = self.descriptor(), self.chance.choice(MODES[:5])
        return lambda: os.fchmod(self.at(index), mode), (index, oct(mode))

    def do_access(self):
        path, wanted = self.path(), self.chance.choice([os.F_OK, os.R_OK, os.W_OK, os.X_OK, os.R_OK | os.W_OK])
        return lambda: os.access(path, wanted), (path, wanted)

    def do_utime(self):
        path, times = self.path(), (self.chance.randrange(10**9) * 10**6 + 1000, self.chance.randrange(10**9) * 10**6)

        def call():
            os.utime(path, ns=times)
            return os.stat(path).st_mtime_ns

        return call, (path, times)

    def do_chdir(self):
        path = self.path()

        def call():
            os.chdir(path)
            return os.getcwd()

        return call, path

    def do_chdir_home(self):
        return lambda: os.chdir(self.top), ()

    do_chdir_home_again = do_chdir_home
    do_chdir_home_once_more = do_chdir_home

    def do_fchdir(self):
        index = self.descriptor()

        def call():
            os.fchdir(self.at(index))
            return os.getcwd()

        return call, index

    def do_getcwd(self):
        return os.getcwd, ()

    def do_below(self):
        """Calls relative to an open folder."""
        index, path, what = self.descriptor(), self.path(), self.chance.randrange(5)

        def call():
            folder = self.at(index)
            if what == 0:
                return self.status(os.stat(path, dir_fd=folder, follow_symlinks=False))
            if what == 1:
                return os.mkdir(path, 0o755, dir_fd=folder)
            if what == 2:
                return os.unlink(path, dir_fd=folder)
            if what == 3:
                return os.rename(path, 'b', src_dir_fd=folder, dst_dir_fd=folder)
            return os.rmdir(path, dir_fd=folder)

        return call, (index, path, what)

    def do_pipe(self):
        data = b'x' * self.chance.choice([1, 10, 4096])

        def call():
            reading, writing = os.pipe()
            try:
                written = os.write(writing, data)
                got = len(os.read(reading, 100000))
                os.close(writing)
                return written, got, os.read(reading, 10)
            finally:
                os.close(reading)

        return call, len(data)

    def do_umask(self):
        mask = self.chance.choice([0o022, 0o022, 0o077, 0o000])
        return lambda: oct(os.umask(mask)), oct(mask)

    def status(self, known):
        kind = stat.S_IFMT(known.st_mode)
        size, links = (known.st_size, known.st_nlink) if not stat.S_ISDIR(known.st_mode) else (None, None)
        return oct(kind), oct(stat.S_IMODE(known.st_mode)), size, links

    def tree(self):
        """All that is there in the end, with contents."""
        self.restore()
        os.chdir(self.top)
        found = []
        waiting = ['.']
        while waiting:
            folder = waiting.pop()
            os.chmod(folder, 0o700)
            for name in sorted(os.listdir(folder)):
                path = f'{folder}/{name}'
                known = os.lstat(path)
                shown = [path[:60], *self.status(known)]
                if stat.S_ISLNK(known.st_mode):
                    shown.append(os.readlink(path))
                elif stat.S_ISDIR(known.st_mode):
                    waiting.append(path)
                else:
                    os.chmod(path, 0o600)
                    with open(path, 'rb') as file:
                        shown.append(digest(file.read()))
                found.append(shown)
        return repr(sorted(found))

    def close(self):
        for opened in self.open:
            os.close(opened)


def digest(data):
    return len(data), sum(data[:1000]), data[:3], data[-3:], data.count(0)
