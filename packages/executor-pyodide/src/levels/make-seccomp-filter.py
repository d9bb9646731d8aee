#!/usr/bin/env python3
"""Makes the seccomp filters of `seccomp-filter.ts`, by libseccomp's own bindings (Debian: python3-seccomp).

Prints JSON: the version of libseccomp, and the filter of each architecture in base64. It must not be called
`seccomp.py`, or it would import itself. A guest only computes, waits, and reads and writes what is open when it starts; what
stands here is what else a program of Linux could do. `execve` and the change of a user stay: what confines needs them
after the filter is there, and they lead nowhere where nothing else is bound.
"""

import base64
import ctypes
import errno
import json
import struct
import tempfile

import seccomp

# Reading, steering and ending other processes, and making new ones.
PROCESSES = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_open pidfd_getfd pidfd_send_signal "
    "kill tkill rt_sigqueueinfo rt_tgsigqueueinfo fork vfork execveat setpgid setsid setpriority sched_setscheduler sched_setparam"
)
# Mounts and namespaces: what bubblewrap built is final.
MOUNTS = (
    "mount umount umount2 mount_setattr pivot_root chroot setns unshare fsopen fspick fsmount fsconfig move_mount open_tree "
    "open_by_handle_at name_to_handle_at quotactl quotactl_fd swapon swapoff mknod mknodat"
)
# Networks, and whatever else is reached by an address.
NETWORK = (
    "socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg setsockopt"
)
# Names of files. What is read is open; nothing is made, moved or marked.
FILES = (
    "creat rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat link linkat symlink symlinkat truncate ftruncate fallocate "
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat "
    "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr inotify_init inotify_init1 inotify_add_watch "
    "fanotify_init fanotify_mark landlock_create_ruleset sendfile splice tee vmsplice copy_file_range"
)
# Doors into the kernel that a guest has no use for.
KERNEL = (
    "bpf perf_event_open userfaultfd keyctl add_key request_key io_uring_setup io_uring_enter io_uring_register io_setup io_submit "
    "init_module finit_module delete_module create_module kexec_load kexec_file_load reboot acct lookup_dcookie nfsservctl "
    "personality iopl ioperm modify_ldt uselib _sysctl sysfs ustat syslog vhangup settimeofday clock_settime clock_adjtime adjtimex "
    "sethostname setdomainname move_pages migrate_pages mbind set_mempolicy get_mempolicy set_mempolicy_home_node "
    "remap_file_pages pkey_alloc"
)
# Memory that nobody counts, and messages to other processes.
MEMORY = (
    "memfd_create memfd_secret shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink"
)
DENIED = f"{PROCESSES} {MOUNTS} {NETWORK} {FILES} {KERNEL} {MEMORY}".split()

# clone(2): what has not this flag makes a process.
CLONE_THREAD = 0x00010000

# clone(2): CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)

# ioctl(2): TIOCSTI types into a terminal, TIOCLINUX pastes into a console.
TERMINAL_IOCTLS = (0x5412, 0x541C)

# Calls newer than Linux 5.16, whose numbers are the same on both architectures: C libraries have a way without them.
# libseccomp knows no ranges, so this stands before its program: load the number; below 450 go on; otherwise ENOSYS.
FIRST_UNKNOWN_CALL = 450
NEWER_CALLS = struct.pack(
    "<HBBIHBBIHBBI", 0x20, 0, 0, 0, 0x35, 0, 1, FIRST_UNKNOWN_CALL, 0x06, 0, 0, 0x00050000 | errno.ENOSYS
)


def made_for(arch):
    filter = seccomp.SyscallFilter(seccomp.ALLOW)
    if not filter.exist_arch(arch):
        filter.add_arch(arch)
        filter.remove_arch(seccomp.Arch.NATIVE)
    filter.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    filter.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    for call in DENIED:
        if is_known(call, arch):
            filter.add_rule(seccomp.ERRNO(errno.EPERM), call)
    # Its flags lie in memory, where no filter can look; C libraries then take clone.
    filter.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    filter.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    for flag in NEW_NAMESPACES:
        filter.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for request in TERMINAL_IOCTLS:
        filter.add_rule(seccomp.ERRNO(errno.EPERM), "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, request))
    with tempfile.TemporaryFile() as file:
        filter.export_bpf(file)
        file.seek(0)
        return base64.b64encode(NEWER_CALLS + file.read()).decode()


def is_known(call, arch):
    """Those that this libseccomp does not know are newer than the last that is let through."""
    try:
        return seccomp.resolve_syscall(arch, call) != -1
    except RuntimeError:
        return False


def version_of_libseccomp():
    class Version(ctypes.Structure):
        _fields_ = [(part, ctypes.c_uint) for part in ("major", "minor", "micro")]

    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_version.restype = ctypes.POINTER(Version)
    version = library.seccomp_version().contents
    return f"{version.major}.{version.minor}.{version.micro}"


if __name__ == "__main__":
    filters = {"x64": made_for(seccomp.Arch.X86_64), "arm64": made_for(seccomp.Arch.AARCH64)}
    print(json.dumps({"libseccomp": version_of_libseccomp(), **filters}))
