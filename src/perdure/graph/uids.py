"""A number that grows with every graph and tensor that a program makes: what names of functions end with.

TensorFlow counts them in one place (`TFE_Py_UID`), so that a program gets the same names from the same nodes.
"""

from __future__ import annotations

_next = 0


def uid() -> int:
    """A number that nothing else in the process has got."""
    global _next
    number = _next
    _next += 1
    return number


def count_uids(number: int) -> None:
    """Let as many tensors or graphs as `number` says have got one each."""
    global _next
    _next += number
