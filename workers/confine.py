"""Takes from a freshly forked process everything a decoder of one file does not need.

Limits first, then the kernel's own filter on system calls. What cannot be applied here (another
kernel, another processor) is left out; the resource limits always hold.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import platform
import resource
import signal
import struct

# Figures of matching.md §12. Memory is headroom above what the worker itself has mapped (numpy and
# scipy alone reserve several hundred megabytes of addresses), so that together it is about 1.5 GB.
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10
FILE_BYTES = 64 * 1024 * 1024
OPEN_FILES = 64
PROCESSES = 0  # no decoder of pictures starts one; root is exempt from this limit by the kernel's rule

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_LIBC = ctypes.CDLL(None, use_errno=True)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Numbers of the calls a decoder must not make, by machine: (audit architecture, {call: number}).
# Connections, new programs, other processes, and any change to stored files or their names.
_FORBIDDEN: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "fork": 57,
            "vfork": 58,
            "execve": 59,
            "execveat": 322,
            "ptrace": 101,
            "kill": 62,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "io_uring_setup": 425,
            "creat": 85,
            "mknod": 133,
            "mknodat": 259,
            "truncate": 76,
            "ftruncate": 77,
            "rename": 82,
            "renameat": 264,
            "renameat2": 316,
            "unlink": 87,
            "unlinkat": 263,
            "rmdir": 84,
            "mkdir": 83,
            "mkdirat": 258,
            "link": 86,
            "linkat": 265,
            "symlink": 88,
            "symlinkat": 266,
            "chmod": 90,
            "fchmodat": 268,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "socket": 198,
            "connect": 203,
            "execve": 221,
            "execveat": 281,
            "ptrace": 117,
            "kill": 129,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "io_uring_setup": 425,
            "mknodat": 33,
            "truncate": 45,
            "ftruncate": 46,
            "renameat": 38,
            "renameat2": 276,
            "unlinkat": 35,
            "mkdirat": 34,
            "linkat": 37,
            "symlinkat": 36,
            "fchmodat": 53,
        },
    ),
}
# Calls that are refused for what they are asked: (number by machine, which argument, the bits, refused when set?).
# A file may be opened to read only; a new thread is no new process. clone3 and openat2 hide their arguments from the
# filter: libraries that are told the kernel does not know them use the older calls.
_THREAD = 0x00010000
_ASKED: tuple[tuple[dict[str, int], int, int, bool], ...] = (
    ({"x86_64": 56, "aarch64": 220}, 0, _THREAD, False),  # clone
    ({"x86_64": 2}, 1, _WRITING, True),  # open
    ({"x86_64": 257, "aarch64": 56}, 2, _WRITING, True),  # openat
)
_UNKNOWN = {"clone3": 435, "openat2": 437}


def confine(writer: int, parent: int, memory: int, cpu: int) -> int:
    """Every limit, before the first byte of the file is read; gives the bytes mapped now. Keeps only the file number
    `writer`.

    `memory` in bytes above what is mapped now, `cpu` in seconds. Ends the process at once if
    `parent` is already gone.
    """
    os.setsid()
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the parent died before the line above: nobody waits for an answer
    gc.disable()  # a collection here could close file numbers that mean something else by now
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGXCPU, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(0)
    os.environ.clear()
    _close_all_but(writer)
    mapped = _mapped_bytes()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, max(OPEN_FILES, writer + 1)),
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # For processor time the hard limit stays where it was: soft and hard together would end
        # the process with a plain kill instead of the signal that says "out of time".
        resource.setrlimit(limit, (most, hard if limit == resource.RLIMIT_CPU else most))
    _filter_calls()
    return mapped


def _close_all_but(kept: int) -> None:
    """No database, queue or listening socket may be within a decoder's reach."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != kept:
            try:
                os.close(int(name))
            except OSError:  # the directory listing itself held one of them
                continue


def _mapped_bytes() -> int:
    with open("/proc/self/statm", "rb") as table:
        return int(table.read().split()[0]) * resource.getpagesize()


def _filter_calls() -> bool:
    """A seccomp filter that answers EPERM to the calls above. True if the kernel took it."""
    known = _FORBIDDEN.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in _rules(architecture, calls)))
    program = ctypes.create_string_buffer(struct.pack("HP", len(code) // 8, ctypes.addressof(code)))
    if _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0)


def _rules(architecture: int, calls: dict[str, int]) -> list[tuple[int, int, int, int]]:
    """The filter's program: (instruction, steps over when true, when false, value), each block complete in itself."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
    rules = [(load, 0, 0, 4), (equal, 1, 0, architecture), (give, 0, 0, refuse), (load, 0, 0, 0)]
    rules += [(at_least, 0, 1, 0x40000000), (give, 0, 0, refuse)]  # the x32 door to the same calls
    for number in calls.values():
        rules += [(equal, 0, 1, number), (give, 0, 0, refuse)]
    for number in _UNKNOWN.values():
        rules += [(equal, 0, 1, number), (give, 0, 0, unknown)]
    for numbers, argument, bits, refused_when_set in _ASKED:
        if platform.machine() in numbers:
            first, second = (refuse, allow) if refused_when_set else (allow, refuse)
            rules += [(equal, 0, 4, numbers[platform.machine()]), (load, 0, 0, 16 + 8 * argument)]
            rules += [(any_bit, 0, 1, bits), (give, 0, 0, first), (give, 0, 0, second)]
    return [*rules, (give, 0, 0, allow)]
