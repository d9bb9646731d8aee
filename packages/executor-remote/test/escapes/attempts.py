"""Attempts to get out of a confined Python, each a function that returns what it got, or None where it was held.

Run as `attempts.py NAME PARAMETERS` (JSON); `attempts.py list` tells the names with their sentences. The same attempt is
run unconfined, where it has to succeed: an attempt that nothing could see proves nothing.
"""

import ctypes
import errno
import glob
import json
import mmap
import os
import platform
import signal
import socket
import stat
import subprocess
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = {}


def attempt(function):
    ATTEMPTS[function.__name__] = function
    return function


# System calls by number: x86-64, arm64.
NUMBERS = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fsopen": (430, 430),
    "init_module": (175, 105),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "memfd_create": (319, 279),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "setns": (308, 268),
    "shmget": (29, 194),
    "userfaultfd": (323, 282),
}


def call(name, *arguments):
    """The value, and the name of the error where there is one."""
    number = NUMBERS[name][0 if platform.machine() == "x86_64" else 1]
    ctypes.set_errno(0)
    libc.syscall.restype = ctypes.c_long
    value = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments))
    return value, errno.errorcode.get(ctypes.get_errno(), "") if value == -1 else ""


def reaches_kernel(name, *arguments):
    """Whatever the kernel says of the arguments, it was asked."""
    value, error = call(name, *arguments)
    return None if error in ("EPERM", "ENOSYS") else f"{name}: {value} {error}"


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(65536)
    except OSError:
        return b""


@attempt
def file_of_host(given):
    """reads a file of the host that everybody may read"""
    return given["secret"] if given["secret"].encode() in read(given["secretFile"]) else None


@attempt
def file_through_link(given):
    """reads a file of the host through a link in its folder"""
    os.symlink(given["secretFile"], "link-to-secret")
    try:
        return given["secret"] if given["secret"].encode() in read("link-to-secret") else None
    finally:
        os.remove("link-to-secret")


@attempt
def file_through_proc(given):
    """reads a file of the host through the roots and folders of processes"""
    for pid in os.listdir("/proc"):
        for door in ("root", "cwd"):
            if given["secret"].encode() in read(f"/proc/{pid}/{door}{given['secretFile']}"):
                return f"{pid}/{door}"
    return None


@attempt
def file_through_parent_folder(given):
    """reads a file of the host by climbing out of its folder"""
    return given["secret"] if given["secret"].encode() in read("../" * 20 + given["secretFile"][1:]) else None


@attempt
def folder_of_host_written(given):
    """writes into a folder of the host that everybody may write"""
    try:
        with open(os.path.join(given["openFolder"], "written"), "w") as file:
            file.write("x")
    except OSError:
        return None
    return "written"


@attempt
def accounts(given):
    """reads the accounts of the host"""
    return "passwd" if b"root:" in read("/etc/passwd") else None


@attempt
def homes(given):
    """lists homes, variable files or the system's files"""
    seen = [folder for folder in ("/root", "/home", "/var", "/sys", "/run", "/mnt", "/boot") if os.path.exists(folder)]
    return seen or None


@attempt
def installation_written(given):
    """writes into the Python that others use"""
    for folder in [os.path.dirname(os.__file__), sys.prefix, *sys.path]:
        if os.path.abspath(folder) == os.getcwd():  # its own
            continue
        path = os.path.join(folder, "interloop_attempt.py")
        try:
            with open(path, "w") as file:
                file.write("x")
        except OSError:
            continue
        os.remove(path)
        return folder
    return None


@attempt
def secret_in_environment(given):
    """finds a secret in its environment, or in that of another process"""
    for path in ["/proc/self/environ", *glob.glob("/proc/[0-9]*/environ")]:
        if given["environmentSecret"].encode() in read(path):
            return path
    return "os.environ" if given["environmentSecret"] in os.environ.values() else None


@attempt
def inherited_descriptor(given):
    """reads from a descriptor that it inherited"""
    for number in os.listdir("/proc/self/fd"):
        try:
            if given["secret"].encode() in os.pread(int(number), 65536, 0):
                return number
        except OSError:
            continue
    return None


@attempt
def processes_of_host(given):
    """sees a process of the host"""
    # Reversed where it is given, or every process that was given it would look like the canary.
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        if given["canaryReversed"][::-1].encode() in read(path):
            return path
    return None


@attempt
def signal_to_host(given):
    """signals a process of the host"""
    try:
        os.kill(given["canaryPid"], signal.SIGTERM)
    except OSError:
        return None
    return "sent"


@attempt
def trace_self(given):
    """asks to be traced"""
    child = os.fork()
    if child == 0:
        os._exit(0 if call("ptrace", 0, 0, 0, 0)[0] == 0 else 1)
    return "traced" if os.waitpid(child, 0)[1] == 0 else None


@attempt
def trace_host(given):
    """traces a process of the host"""
    value, error = call("ptrace", 0x4206, given["canaryPid"], 0, 0)
    if value == 0:
        call("ptrace", 17, given["canaryPid"], 0, 0)
        return "seized"
    return None


@attempt
def memory_of_other_process(given):
    """reads the memory of a process of the host"""
    try:
        with open(f"/proc/{given['canaryPid']}/maps") as maps:
            start = int(maps.readline().split("-")[0], 16)
        with open(f"/proc/{given['canaryPid']}/mem", "rb") as memory:
            memory.seek(start)
            return "read" if memory.read(16) else None
    except OSError:
        return None


@attempt
def tcp(given):
    """reaches a server on this machine by TCP"""
    return connected(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", given["tcpPort"]))


@attempt
def udp(given):
    """reaches a server on this machine by UDP"""
    return connected(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", given["udpPort"]))


@attempt
def unix_path(given):
    """reaches a server on this machine by a socket in its files"""
    return connected(socket.AF_UNIX, socket.SOCK_STREAM, given["unixPath"])


@attempt
def unix_abstract(given):
    """reaches a server on this machine by an abstract socket"""
    return connected(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + given["abstractName"])


def connected(family, kind, address):
    try:
        with socket.socket(family, kind) as client:
            client.settimeout(5)
            client.connect(address)
            client.sendall(b"hello")
            return "answered" if client.recv(16) else None
    except OSError:
        return None


@attempt
def other_networks(given):
    """has a network other than its own loopback"""
    with open("/proc/net/dev") as devices:
        names = [line.split(":")[0].strip() for line in devices if ":" in line]
    return [name for name in names if name != "lo"] or None


@attempt
def socket_families(given):
    """opens sockets to the machine around it, to the kernel or to hardware (vsock, netlink, packet, alg, …)"""
    made = []
    for family in range(46):
        if family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
            continue
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
                made.append(family)
            except OSError:
                pass
    return sorted(set(made)) or None


@attempt
def raw_socket(given):
    """opens a raw socket"""
    try:
        socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()
    except OSError:
        return None
    return "raw"


@attempt
def mount(given):
    """mounts a file system"""
    folder = tmpfs(given)
    return "mounted" if folder and libc.umount2(folder, 2) == 0 else None


def tmpfs(given):
    """A mount of its own, where one can be had."""
    folder = os.path.join(given["ownFolder"], "mount")
    os.makedirs(folder, exist_ok=True)
    return folder.encode() if libc.mount(b"none", folder.encode(), b"tmpfs", 0, None) == 0 else b""


@attempt
def remount(given):
    """makes its read-only root writable again"""
    target = b"/" if given["confined"] else tmpfs(given)
    value = libc.mount(b"none", target, None, 0x20 | 0x1000, None)
    if not given["confined"]:
        libc.umount2(target, 2)
    return "remounted" if value == 0 else None


@attempt
def unmount(given):
    """takes away a mount to see what lies below"""
    targets = [b"/session", b"/tmp", b"/proc", b"/usr/lib"] if given["confined"] else [tmpfs(given)]
    return "unmounted" if any(libc.umount2(target, 2) == 0 for target in targets) else None


@attempt
def change_root(given):
    """changes its root folder"""
    child = os.fork()
    if child == 0:
        try:
            os.chroot(given["ownFolder"])
            os._exit(0)
        except OSError:
            os._exit(1)
    return "changed" if os.waitpid(child, 0)[1] == 0 else None


def in_child(work):
    child = os.fork()
    if child == 0:
        os._exit(0 if work() else 1)
    return os.waitpid(child, 0)[1] == 0


@attempt
def user_namespace_by_unshare(given):
    """makes a user namespace by unshare"""
    return "made" if in_child(lambda: libc.unshare(0x10000000) == 0) else None


@attempt
def user_namespace_by_clone(given):
    """makes a user namespace by clone"""
    child = call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)[0]
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
        return "made"
    return None


@attempt
def user_namespace_by_clone3(given):
    """makes a user namespace by clone3"""
    arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    child = call("clone3", ctypes.byref(arguments), ctypes.sizeof(arguments))[0]
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
        return "made"
    return None


@attempt
def become_root(given):
    """becomes root"""

    def work():
        try:
            os.setresuid(0, 0, 0)
        except OSError:
            return False
        return os.getuid() == 0

    return "root" if in_child(work) else None


@attempt
def own_capabilities(given):
    """has a capability"""
    with open("/proc/self/status") as status:
        sets = dict(line.split(":\t") for line in status if line.startswith("Cap"))
    held = {name: value.strip() for name, value in sets.items() if name != "CapBnd" and int(value, 16)}
    return held or None


@attempt
def setuid_program(given):
    """gains rights by a program that is setuid"""
    with open("/proc/self/status") as status:
        forbidden = "NoNewPrivs:\t1" in status.read()
    programs = []
    for folder in ("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/lib"):
        for path, _, names in os.walk(folder):
            for name in names:
                file = os.path.join(path, name)
                try:
                    if os.stat(file).st_mode & stat.S_ISUID and not os.statvfs(file).f_flag & os.ST_NOSUID and os.access(file, os.X_OK):
                        programs.append(file)
                except OSError:
                    pass
    return programs if programs and not forbidden else None


@attempt
def device_nodes(given):
    """makes a device"""
    made = []
    for kind, number in ((stat.S_IFCHR, os.makedev(1, 1)), (stat.S_IFBLK, os.makedev(254, 0))):
        path = os.path.join(given["ownFolder"], f"device-{kind}")
        try:
            os.mknod(path, kind | 0o600, number)
            made.append(path)
            os.remove(path)
        except OSError:
            pass
    return made or None


@attempt
def devices_of_host(given):
    """opens a device of the host"""
    harmless = {"null", "zero", "full", "random", "urandom", "shm", "fd", "stdin", "stdout", "stderr"}
    return sorted(set(os.listdir("/dev")) - harmless) or None


@attempt
def terminal(given):
    """opens a terminal of its own"""
    try:
        os.close(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return None
    return "opened"


@attempt
def kernel_settings(given):
    """changes a setting of the kernel"""
    path = "/proc/sys/kernel/domainname"
    try:
        with open(path) as file:
            old = file.read()
        with open(path, "w") as file:
            file.write(old)
    except OSError:
        return None
    return path


@attempt
def keyring(given):
    """keeps a key in the kernel, where other sessions find it"""
    return reaches_kernel("add_key", b"user", b"interloop", b"x", 1, -2) or reaches_kernel("keyctl", 0, -2, 0)


@attempt
def kernel_module(given):
    """loads a module into the kernel, or another kernel"""
    return reaches_kernel("init_module", 0, 0, b"") or reaches_kernel("kexec_load", 0, 0, 0, 0xFFFFFFFF)


@attempt
def io_uring(given):
    """gets an io_uring, whose work no filter sees"""
    return reaches_kernel("io_uring_setup", 1, 0)


@attempt
def page_faults(given):
    """handles page faults of the kernel"""
    return reaches_kernel("userfaultfd", 1)


@attempt
def bpf(given):
    """loads a program into the kernel"""
    return reaches_kernel("bpf", 0, 0, 0)


@attempt
def counters(given):
    """counts events of the machine"""
    return reaches_kernel("perf_event_open", 0, 0, -1, -1, 0)


@attempt
def handles(given):
    """opens a file by its number, past all folders"""
    return reaches_kernel("open_by_handle_at", -1, 0, 0)


@attempt
def join_namespace(given):
    """enters a namespace of another process"""
    return reaches_kernel("setns", -1, 0)


@attempt
def new_mounts(given):
    """mounts by the newer calls"""
    return reaches_kernel("fsopen", 0, 0) or reaches_kernel("open_tree", -1, b"", 0x80000)


@attempt
def memory_of_others_by_call(given):
    """reads or writes memory of another process by its number"""
    for name in ("process_vm_readv", "process_vm_writev"):
        got = reaches_kernel(name, os.getppid(), 0, 0, 0, 0, 0)
        if got:
            return got
    return reaches_kernel("pidfd_getfd", -1, 0, 0)


@attempt
def randomness_of_addresses(given):
    """turns off the randomness of addresses"""
    return reaches_kernel("personality", 0xFFFFFFFF)


@attempt
def uncounted_memory(given):
    """gets memory that no limit counts"""
    return reaches_kernel("memfd_create", b"x", 0) or reaches_kernel("shmget", 0, 4096, 0o1600)


@attempt
def terminal_input(given):
    """types into the terminal of its host"""
    ctypes.set_errno(0)
    value = libc.ioctl(0, 0x5412, b"x")
    return None if value == -1 and ctypes.get_errno() == errno.EPERM else f"{value} {ctypes.get_errno()}"


@attempt
def calls_of_32_bits(given):
    """calls the kernel by the door of 32 bits, whose numbers mean other calls"""
    if platform.machine() != "x86_64":
        return None
    child = os.fork()
    if child == 0:
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\x53\xb8\x14\x00\x00\x00\xcd\x80\x5b\xc3")  # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
        getpid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        os._exit(0 if getpid() == os.getpid() else 1)
    return "called" if os.waitpid(child, 0)[1] == 0 else None


@attempt
def other_session(given):
    """reads what another session keeps in its folder"""
    for root in ["", *glob.glob("/proc/[0-9]*/root")]:
        for folder in ("/session", "/tmp", "/dev/shm"):
            if given["otherSecret"].encode() in read(f"{root}{folder}/other-session"):
                return root + folder
    return None


@attempt
def process_one(given):
    """takes over the process that holds its namespace, to be without a filter"""
    with open("/proc/1/status") as status:
        text = status.read()
    held = "Seccomp:\t2" in text and "NoNewPrivs:\t1" in text and "CapEff:\t0000000000000000" in text
    return None if held else "process 1 is not confined"


@attempt
def parent_memory(given):
    """writes into the memory of its supervisor"""
    try:
        os.close(os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR))
    except OSError:
        return None
    return "opened"


@attempt
def parent_descriptors(given):
    """speaks for its supervisor, through the descriptors that it has open"""
    opened = []
    try:
        numbers = os.listdir(f"/proc/{os.getppid()}/fd")
    except OSError:
        return None
    for number in numbers:
        try:
            os.close(os.open(f"/proc/{os.getppid()}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK))
            opened.append(number)
        except OSError:
            pass
    return opened or None


@attempt
def parent_stopped(given):
    """stops or ends its supervisor, so that nobody holds its deadline"""
    target = os.getppid() if given["confined"] else sleeping_child()
    stopped = False
    for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGKILL):  # where it ended, nothing is told
        try:
            os.kill(target, number)
        except PermissionError:
            continue
        stopped = stopped or number == signal.SIGSTOP and any(is_stopped(target) for _ in range(100))
    return "stopped" if stopped else None


def is_stopped(pid):
    time.sleep(0.005)
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] in "Tt"


def sleeping_child():
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    return child


@attempt
def fork_bomb(given):
    """forks 400 processes"""
    children = []
    try:
        for _ in range(400):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    except OSError:
        pass
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return "400" if len(children) == 400 else None


@attempt
def memory_of_one_process(given):
    """takes 2 GiB in one process"""
    try:
        return len(mmap.mmap(-1, 2 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    except (OSError, ValueError):
        return None


@attempt
def shared_memory(given):
    """takes 6 GiB of shared memory, which is no data of any process"""
    try:
        return len(mmap.mmap(-1, 6 << 30))
    except (OSError, ValueError):
        return None


@attempt
def memory_of_many_processes(given):
    """takes 768 MiB in twelve processes, each of which may have its part"""
    readers = []
    children = []
    for _ in range(12):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                kept = b"x" * (64 << 20)
                os.write(writer, b"y" if kept else b"")
            finally:
                os.close(writer)
                time.sleep(60)
                os._exit(0)
        os.close(writer)
        readers.append(reader)
        children.append(child)
    filled = [os.read(reader, 1) for reader in readers]
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return "768 MiB" if all(filled) else None


@attempt
def disk(given):
    """fills a folder with 160 MB"""
    full = []
    folders = ["/session", "/tmp", "/dev/shm", "/", "/dev", "/usr", "/etc", "/proc", os.path.expanduser("~")] if given["confined"] else ["/tmp"]
    for folder in folders:
        path = os.path.join(folder, f"filler-{os.getpid()}")
        written = 0
        try:
            # Two files: the limit of each file alone is no limit of the folder.
            for half in ("a", "b"):
                with open(path + half, "wb", buffering=0) as file:
                    for _ in range(80):
                        written += file.write(b"x" * (1 << 20))
        except OSError:
            pass
        for half in ("a", "b"):
            if os.path.exists(path + half):
                os.remove(path + half)
        if written == 160 << 20:
            full.append(folder)
    return full or None


@attempt
def outlive(given):
    """leaves a process behind that outlives it"""
    subprocess.Popen(
        [sys.executable, "-I", "-c", "import time; time.sleep(600)", given["orphanReversed"][::-1]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return None


if __name__ == "__main__":
    if sys.argv[1] == "list":
        print(json.dumps({name: function.__doc__ for name, function in ATTEMPTS.items()}))
    else:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        got = ATTEMPTS[sys.argv[1]](json.loads(sys.argv[2]))
        print("ESCAPED " + str(got) if got is not None else "HELD")
