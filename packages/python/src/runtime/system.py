"""What a supervisor asks of the operating system. Where a system cannot do a thing, it is left out: the sandbox does not rest on it."""
import contextlib
import ctypes
import os
import resource
import signal

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36
# System calls, the same on all architectures: landlock(7).
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
LANDLOCK_SCOPE_SIGNAL = 2


def protect_supervisor():
    """A program of the same user can neither trace it nor leave it children that nobody finds."""
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)


def tie_to_parent(parent):
    """Ends this process with its parent, also where that was killed; other programs of the user may trace it again."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 1)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def prctl(option, value):
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def forbid_signals_to_others():
    """
    From now on, this process and its children signal only one another: a supervisor of the same user can then be neither ended
    nor stopped by a program. From Linux 6.12 on, and for processes that can gain no privileges.
    """
    with contextlib.suppress(AttributeError, OSError):
        system_call = ctypes.CDLL(None).syscall
        # handled_access_fs, handled_access_net, scoped
        wanted = (ctypes.c_uint64 * 3)(0, 0, LANDLOCK_SCOPE_SIGNAL)
        ruleset = system_call(LANDLOCK_CREATE_RULESET, wanted, ctypes.c_size_t(ctypes.sizeof(wanted)), 0)
        if ruleset >= 0:
            system_call(LANDLOCK_RESTRICT_SELF, ruleset, 0)
            os.close(ruleset)


def forbid_core_files():
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_memory(pid, memory_bytes):
    """Of each process: of what it can write, not of the addresses it reserves (RLIMIT_AS would count the pools of libraries)."""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        hard = resource.prlimit(pid, resource.RLIMIT_DATA)[1]
        soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
        resource.prlimit(pid, resource.RLIMIT_DATA, (soft, hard))


def forget_peak_memory(pid):
    with contextlib.suppress(OSError):
        with open(f'/proc/{pid}/clear_refs', 'w') as file:
            file.write('5')


def peak_memory_bytes(pid):
    with contextlib.suppress(OSError, ValueError):
        with open(f'/proc/{pid}/status') as file:
            for line in file:
                if line.startswith('VmHWM:'):
                    return int(line.split()[1]) * 1024
    return None


def kill_all(group, is_alone):
    """Kills a group, and all that descends from this process; `is_alone`: no other process of the user can be seen from here."""
    with contextlib.suppress(OSError):
        os.killpg(group, signal.SIGKILL)
    if is_alone:
        with contextlib.suppress(OSError):
            os.kill(-1, signal.SIGKILL)
    # What left the group is a child of ours as soon as its parents are gone.
    for _ in range(100):
        children = children_of_this_process()
        if not children:
            return
        for child in children:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)


def children_of_this_process():
    try:
        with open(f'/proc/self/task/{os.getpid()}/children') as file:
            return [int(child) for child in file.read().split()]
    except (OSError, ValueError):
        return []
