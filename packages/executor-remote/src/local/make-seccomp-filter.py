#!/usr/bin/env python3
"""Makes the seccomp filters of `seccomp-filter.ts`, by libseccomp's own bindings (Debian: python3-seccomp).

Prints JSON: the version of libseccomp, and the filter of each architecture in base64. It must not be called
`seccomp.py`, or it would import itself. What is denied, and why: remote.md 9, "Confinement".
"""

import base64
import ctypes
import errno
import json
import struct
import tempfile

import seccomp

# Reading and steering other processes.
PROCESSES = "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd"
# Mounts and namespaces: what bubblewrap built is final.
MOUNTS = (
    "mount umount umount2 mount_setattr pivot_root chroot setns unshare fsopen fspick fsmount fsconfig move_mount open_tree "
    "open_by_handle_at name_to_handle_at quotactl quotactl_fd swapon swapoff fanotify_init mknod mknodat"
)
# Doors into the kernel that a program has no use for.
KERNEL = (
    "bpf perf_event_open userfaultfd keyctl add_key request_key io_uring_setup io_uring_enter io_uring_register "
    "init_module finit_module delete_module create_module kexec_load kexec_file_load reboot acct lookup_dcookie nfsservctl "
    "personality iopl ioperm modify_ldt uselib _sysctl sysfs ustat syslog vhangup settimeofday clock_settime clock_adjtime adjtimex "
    "sethostname setdomainname move_pages migrate_pages mbind set_mempolicy get_mempolicy"
)
# Memory that neither a sized mount nor the data limit of a process counts.
MEMORY = "memfd_create memfd_secret shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl"
DENIED = f"{PROCESSES} {MOUNTS} {KERNEL} {MEMORY}".split()

# clone(2): CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
NEW_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)

# socket(2): AF_UNIX, AF_INET, AF_INET6; all other families are refused, known today or not.
FAMILIES = (1, 2, 10)

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
        filter.add_rule(seccomp.ERRNO(errno.EPERM), call)
    # Its flags lie in memory, where no filter can look; C libraries then take clone.
    filter.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in NEW_NAMESPACES:
        filter.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for call in ("socket", "socketpair"):
        for family in range(max(FAMILIES) + 1):
            if family not in FAMILIES:
                filter.add_rule(seccomp.ERRNO(errno.EAFNOSUPPORT), call, seccomp.Arg(0, seccomp.EQ, family))
        filter.add_rule(seccomp.ERRNO(errno.EAFNOSUPPORT), call, seccomp.Arg(0, seccomp.GT, max(FAMILIES)))
    for request in TERMINAL_IOCTLS:
        filter.add_rule(seccomp.ERRNO(errno.EPERM), "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFFFFFF, request))
    with tempfile.TemporaryFile() as file:
        filter.export_bpf(file)
        file.seek(0)
        return base64.b64encode(NEWER_CALLS + file.read()).decode()


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
