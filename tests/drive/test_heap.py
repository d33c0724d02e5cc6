"""Large blocks of memory go back to the system."""

import ctypes
import subprocess
import sys

import pytest

COUNT_MAPPED = """
import ctypes, sys
from lead.drive.heap import LARGE, return_large_blocks
if sys.argv[1] == "returned":
    assert return_large_blocks()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "arena ordblks smblks hblks hblkhd u f o k c".split()]
libc.mallinfo2.restype = Info
libc.free(libc.malloc(16 * LARGE))  # glibc raises its bound to that
before = libc.mallinfo2().hblks
blocks = [libc.malloc(2 * LARGE) for _ in range(8)]
print(libc.mallinfo2().hblks - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="the C library is not glibc 2.33 or later")
@pytest.mark.parametrize("told, mapped", [("returned", 8), ("left", 0)])
def test_large_blocks_are_mapped_so_that_they_go_back(told, mapped):
    done = subprocess.run([sys.executable, "-c", COUNT_MAPPED, told], capture_output=True, text=True, check=True)
    assert int(done.stdout) == mapped
