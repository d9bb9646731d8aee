import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { LIBSECCOMP, SECCOMP_FILTERS } from './seccomp-filter.ts'

const maker = fileURLToPath(new URL('./make-seccomp-filter.py', import.meta.url))

test('the script makes the very same bytes', ({ skip }) => {
  const made = spawnSync('/usr/bin/python3', ['-I', maker], { encoding: 'utf8' })
  skip(made.status !== 0, 'no python3-seccomp here')
  const { libseccomp, ...filters } = JSON.parse(made.stdout)
  skip(libseccomp !== LIBSECCOMP, `libseccomp ${libseccomp} here, the filters are of ${LIBSECCOMP}`)
  expect(filters).toEqual(SECCOMP_FILTERS)
})

// The numbers are those of the kernel (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h), not libseccomp's.

/** Refused with EPERM, by name: x64, arm64; undefined where an architecture does not have it. */
const REFUSED: Readonly<Record<string, readonly [number, number | undefined]>> = {
  ...{ ptrace: [101, 117], process_vm_readv: [310, 270], process_vm_writev: [311, 271], process_madvise: [440, 440], kcmp: [312, 272] },
  ...{ pidfd_getfd: [438, 438], mount: [165, 40], umount2: [166, 39], mount_setattr: [442, 442], pivot_root: [155, 41], chroot: [161, 51] },
  ...{ setns: [308, 268], unshare: [272, 97], fsopen: [430, 430], fspick: [433, 433], fsmount: [432, 432], fsconfig: [431, 431] },
  ...{ move_mount: [429, 429], open_tree: [428, 428], open_by_handle_at: [304, 265], name_to_handle_at: [303, 264] },
  ...{ quotactl: [179, 60], quotactl_fd: [443, 443], swapon: [167, 224], swapoff: [168, 225], fanotify_init: [300, 262] },
  ...{ mknod: [133, undefined], mknodat: [259, 33], bpf: [321, 280], perf_event_open: [298, 241], userfaultfd: [323, 282] },
  ...{ keyctl: [250, 219], add_key: [248, 217], request_key: [249, 218], io_uring_setup: [425, 425], io_uring_enter: [426, 426] },
  ...{ io_uring_register: [427, 427], init_module: [175, 105], finit_module: [313, 273], delete_module: [176, 106] },
  ...{ create_module: [174, undefined], kexec_load: [246, 104], kexec_file_load: [320, 294], reboot: [169, 142], acct: [163, 89] },
  ...{ lookup_dcookie: [212, 18], nfsservctl: [180, 42], personality: [135, 92], iopl: [172, undefined], ioperm: [173, undefined] },
  ...{
    modify_ldt: [154, undefined],
    uselib: [134, undefined],
    _sysctl: [156, undefined],
    sysfs: [139, undefined],
    ustat: [136, undefined],
  },
  ...{ syslog: [103, 116], vhangup: [153, 58], settimeofday: [164, 170], clock_settime: [227, 112], clock_adjtime: [305, 266] },
  ...{ adjtimex: [159, 171], sethostname: [170, 161], setdomainname: [171, 162], move_pages: [279, 239], migrate_pages: [256, 238] },
  ...{ mbind: [237, 235], set_mempolicy: [238, 237], get_mempolicy: [239, 236], memfd_create: [319, 279], memfd_secret: [447, 447] },
  ...{ shmget: [29, 194], shmat: [30, 196], shmctl: [31, 195], msgget: [68, 186], msgsnd: [69, 189], msgrcv: [70, 188], msgctl: [71, 187] },
  ...{ semget: [64, 190], semop: [65, 193], semtimedop: [220, 192], semctl: [66, 191] },
}

/** Whose answer lies in their arguments. */
const ARGUED = { x64: { clone: 56, ioctl: 16, socket: 41, socketpair: 53 }, arm64: { clone: 220, ioctl: 29, socket: 198, socketpair: 199 } }
const CLONE3 = 435
const FIRST_UNKNOWN_CALL = 450

/** linux/audit.h */
const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 }

// linux/seccomp.h
const ALLOWED = 0x7fff0000
const KILLED = 0x80000000
const errno = (number: number) => 0x00050000 | number
const [EPERM, ENOSYS, EAFNOSUPPORT] = [errno(1), errno(38), errno(97)]

describe.each(['x64', 'arm64'] as const)('the filter for %s', (arch) => {
  const { clone, ioctl, socket, socketpair } = ARGUED[arch]
  const answer = (call: number, args: readonly bigint[] = []) => run(arch, { call, arch: AUDIT_ARCH[arch], args })

  test('refuses exactly what it is made to refuse, and lets all other calls through', () => {
    const place = arch === 'x64' ? 0 : 1
    const refused = Object.values(REFUSED).flatMap((numbers) => numbers[place] ?? [])
    const argued = Object.values(ARGUED[arch])
    const plain = Array.from({ length: FIRST_UNKNOWN_CALL }, (_, call) => call).filter((call) => !argued.includes(call) && call !== CLONE3)
    expect(plain.filter((call) => answer(call) === EPERM)).toEqual(refused.toSorted((one, other) => one - other))
    expect(plain.filter((call) => answer(call) !== EPERM && answer(call) !== ALLOWED)).toEqual([])
  })

  test('lets nobody make namespaces, and C libraries their threads and processes', () => {
    const flags = { newns: 0x20000, cgroup: 0x2000000, uts: 0x4000000, ipc: 0x8000000, user: 0x10000000, pid: 0x20000000, net: 0x40000000 }
    for (const flag of Object.values(flags)) {
      expect([answer(clone, [BigInt(flag)]), answer(clone, [BigInt(flag) | 17n])]).toEqual([EPERM, EPERM])
    }
    // As glibc calls it: fork, a thread, posix_spawn.
    expect([0x1200011n, 0x3d0f00n, 0x4111n].map((given) => answer(clone, [given]))).toEqual([ALLOWED, ALLOWED, ALLOWED])
    expect(answer(CLONE3)).toBe(ENOSYS)
  })

  test('lets sockets of three families be made alone, whatever else the kernel knows', () => {
    const families = Array.from({ length: 64 }, (_, family) => BigInt(family))
    for (const call of [socket, socketpair]) {
      expect(families.filter((family) => answer(call, [family, 1n]) === ALLOWED)).toEqual([1n, 2n, 10n])
      expect(new Set(families.map((family) => answer(call, [family, 1n])))).toEqual(new Set([ALLOWED, EAFNOSUPPORT]))
      // The kernel reads the lower half of the register alone.
      expect(answer(call, [0x1_0000_0000n | 40n])).toBe(EAFNOSUPPORT)
    }
  })

  test('lets nobody type into a terminal, also with bits that the kernel does not read', () => {
    const requests = [0x5412n, 0x541cn, 0x1_0000_5412n, 0x5401n, 0x541bn]
    expect(requests.map((request) => answer(ioctl, [1n, request]))).toEqual([EPERM, EPERM, EPERM, ALLOWED, ALLOWED])
  })

  test('knows no calls that came after it was made', () => {
    expect([450, 451, 999, 0x7fffffff, 0x40000000 | 1].map((call) => answer(call))).toEqual(Array.from({ length: 5 }, () => ENOSYS))
  })

  test('ends a process that calls by the numbers of another architecture', () => {
    const others = Object.entries(AUDIT_ARCH).filter(([name]) => name !== arch)
    expect(others.map(([, other]) => run(arch, { call: 20, arch: other, args: [] }))).toEqual(others.map(() => KILLED))
  })
})

interface Call {
  readonly call: number
  readonly arch: number
  readonly args: readonly bigint[]
}

/** What the kernel would do with a filter (net/core/filter.c): classic BPF, over `struct seccomp_data`. */
function run(arch: keyof typeof ARGUED, { call, arch: told, args }: Call): number {
  const program = Buffer.from(SECCOMP_FILTERS[arch] ?? '', 'base64')
  const data = Buffer.alloc(64)
  data.writeUInt32LE(call >>> 0, 0)
  data.writeUInt32LE(told, 4)
  for (const [index, value] of args.entries()) data.writeBigUInt64LE(value, 16 + 8 * index)
  let accumulator = 0
  for (let at = 0; at * 8 < program.length; at++) {
    const code = program.readUInt16LE(at * 8)
    const constant = program.readUInt32LE(at * 8 + 4)
    const jump = (isTrue: boolean) => program.readUInt8(at * 8 + (isTrue ? 2 : 3))
    if (code === RETURN) return constant
    else if (code === LOAD_WORD) accumulator = data.readUInt32LE(constant)
    else if (code === AND) accumulator = (accumulator & constant) >>> 0
    else if (code === JUMP_EQUAL) at += jump(accumulator === constant)
    else if (code === JUMP_GREATER) at += jump(accumulator > constant)
    else if (code === JUMP_GREATER_EQUAL) at += jump(accumulator >= constant)
    else throw new Error(`an instruction that is not known here: ${code} at ${at}`)
  }
  throw new Error('the filter ended without an answer')
}

// linux/bpf_common.h: BPF_RET | BPF_K, BPF_LD | BPF_W | BPF_ABS, BPF_ALU | BPF_AND | BPF_K, BPF_JMP | BPF_JEQ, BPF_JGT, BPF_JGE | BPF_K
const [RETURN, LOAD_WORD, AND, JUMP_EQUAL, JUMP_GREATER, JUMP_GREATER_EQUAL] = [0x06, 0x20, 0x54, 0x15, 0x25, 0x35]
