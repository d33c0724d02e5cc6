"""Keeps a process that drives from growing."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3  # of mallopt(3)
LARGE = 1 << 20  # bytes


def return_large_blocks() -> bool:
    """Have memory blocks of a megabyte and more returned to the system when they are freed; whether that was to be had.

    glibc raises that bound by itself, up to 32 MB: the arrays of a tick then lie among what lasts, and the heap of a process
    in which a student drives grows by 10 to 20 MB a simulated second.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(M_MMAP_THRESHOLD, LARGE) == 1
