"""Become a program that the kernel ends together with its parent (Linux): `python mortal.py PARENT PROGRAM ...`.

A step of its own between fork and exec, as code in the forked child of a process with threads may hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Ask for SIGKILL rather than SIGTERM: the next start may follow at once, and both servers keep journals."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
