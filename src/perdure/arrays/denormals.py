"""Denormal numbers count as zero while kernels compute, as in TensorFlow and in XLA's programs.

TensorFlow's threads set two bits of the processor (its `ScopedFlushDenormal`): results that are too small to
be normal become zero, and such operands are taken for zero.  Copies are copies: `tf.identity` keeps them.
NumPy computes in the thread that calls it, whose bits belong to the program, so that they are set for the
kernels of a step and then put back.

No function of Python's does that, and a call through ctypes takes a tenth of the smallest step.  So the few
machine instructions are written out here, as built-in functions without arguments, which take a hundredth.
On other processors, and where a system refuses memory that can be run, interpreted kernels keep denormals.
OpenBLAS's own threads, which share large matrix products, do so anywhere.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

# Flush to zero, and denormals are zero: bits of MXCSR, which decides over SSE and AVX.
_BITS = (0x8000 | 0x0040).to_bytes(4, "little")
_OTHERS = (0xFFFFFFFF ^ (0x8000 | 0x0040)).to_bytes(4, "little")

# Instructions of x86-64.  A function may use the bytes below its stack pointer.
_ENTER = b"\xf3\x0f\x1e\xfa"  # endbr64
_STORE = b"\x0f\xae\x5c\x24\xfc"  # stmxcsr [rsp-4]
_LOAD = b"\x0f\xae\x54\x24\xfc"  # ldmxcsr [rsp-4]
_SET = b"\x81\x4c\x24\xfc" + _BITS  # or dword [rsp-4], bits
_CLEAR = b"\x81\x64\x24\xfc" + _OTHERS  # and dword [rsp-4], others
_TEST = b"\x8b\x44\x24\xfc\x25" + _BITS + b"\x3d" + _BITS  # mov eax, [rsp-4]; and eax, bits; cmp eax, bits
_TO_RAX, _TO_RCX = b"\x48\xb8", b"\x48\xb9"  # mov, with an address of 8 bytes
_OTHER_UNLESS_EQUAL = b"\x48\x0f\x45\xc1"  # cmovne rax, rcx
# An object that lives for ever, as from Python 3.12 on, is not counted.
_COUNTED = b"" if sys.version_info >= (3, 12) else b"\x48\xff\x00"  # inc qword [rax]
_RETURN = _COUNTED + b"\xc3"
_LENGTH = 64  # of each function

_METH_NOARGS = 0x0004


class _MethodDef(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


# What the functions consist of, for the life of the process.
_alive: list[Any] = []


def _address(value: Any) -> bytes:
    return id(value).to_bytes(8, "little")


def _built_in() -> list[Callable[[], Any]]:
    """Functions that say whether the bits are set, set them, and clear them.

    Raises:
        NotImplementedError: for another processor or interpreter.
        OSError: the system refuses memory that can be run.
    """
    if platform.machine() != "x86_64" or sys.implementation.name != "cpython":
        raise NotImplementedError(platform.machine())
    choose = _TO_RAX + _address(True) + _TO_RCX + _address(False) + _OTHER_UNLESS_EQUAL
    none = _TO_RAX + _address(None)
    codes = {
        b"is_flushing": _STORE + _TEST + choose,
        b"flush": _STORE + _SET + _LOAD + none,
        b"keep": _STORE + _CLEAR + _LOAD + none,
    }
    memory = mmap.mmap(-1, mmap.PAGESIZE)
    for code in codes.values():
        memory.write((_ENTER + code + _RETURN).ljust(_LENGTH, b"\xcc"))
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    if protect(start, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC):
        raise OSError(ctypes.get_errno(), "memory cannot be made executable")
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    methods = [_MethodDef(name, start + i * _LENGTH, _METH_NOARGS, None) for i, name in enumerate(codes)]
    _alive.extend((memory, methods))
    return [make(ctypes.addressof(method), None, None) for method in methods]


def _functions() -> list[Callable[[], Any]]:
    # NumPy computes the smallest denormals when it is asked about a type first, which must not be in a step.
    tiny = [np.finfo(dtype).smallest_subnormal for dtype in (np.float16, np.float32, np.float64)][1:]
    try:
        is_flushing, flush, keep = found = _built_in()
    except (AttributeError, NotImplementedError, OSError, TypeError, ValueError):
        return [lambda: True, _nothing, _nothing]
    before = is_flushing()
    flush()
    works = is_flushing() and not any(bool(np.multiply(value, value.dtype.type(2))) for value in tiny)
    if not before:
        keep()
    return found if works else [lambda: True, _nothing, _nothing]


def _nothing() -> None:
    """Where it cannot be said how denormals are treated."""


# Whether denormals are taken for zero in this thread; true, too, where nothing can be done about it.
is_flushing: Callable[[], bool]
# Take them for zero from now on, and compute with them.
flush: Callable[[], None]
keep: Callable[[], None]
is_flushing, flush, keep = _functions()


@contextmanager
def flushed() -> Iterator[None]:
    """Take denormals for zero while the block runs."""
    before = is_flushing()
    try:
        flush()
        yield
    finally:
        if not before:
            keep()


@contextmanager
def kept() -> Iterator[None]:
    """Compute with denormals while the block runs: what is no kernel may rely on them."""
    before = is_flushing()
    try:
        keep()
        yield
    finally:
        if before:
            flush()
