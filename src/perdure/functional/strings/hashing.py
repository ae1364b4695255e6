"""Strings as numbers: hash buckets and fingerprints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.arguments import renamed
from perdure.graph.builder import g
from perdure.graph.tensor import Tensor


def string_to_hash_bucket(
    string_tensor: Any = None, num_buckets: int | None = None, name: str | None = None, input: Any = None
) -> Tensor:
    """The bucket of each string, by a hash that may change between releases of TensorFlow (it did not).

    Args:
        string_tensor: a tensor of strings.
        num_buckets: the number of buckets.
        name: the name of the node.
        input: the new name of `string_tensor`.

    Returns:
        An int64 tensor of the same shape.
    """
    strings = renamed("input", input, "string_tensor", string_tensor)
    return g.string_to_hash_bucket(strings, num_buckets=num_buckets, name=name)


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """The bucket of each string by its FarmHash fingerprint.

    Args:
        input: a tensor of strings.
        num_buckets: the number of buckets.
        name: the name of the node.

    Returns:
        An int64 tensor of the same shape.
    """
    return g.string_to_hash_bucket_fast(input, num_buckets=num_buckets, name=name)


def string_to_hash_bucket_strong(
    input: Any, num_buckets: int, key: Sequence[int], name: str | None = None
) -> Tensor:
    """The bucket of each string by SipHash with a key, which nobody can foresee who does not know it.

    Args:
        input: a tensor of strings.
        num_buckets: the number of buckets.
        key: two numbers of 64 bits.
        name: the name of the node.

    Returns:
        An int64 tensor of the same shape.
    """
    return g.string_to_hash_bucket_strong(input, num_buckets=num_buckets, key=key, name=name)


def fingerprint(data: Any, method: Any = "farmhash64", name: str | None = None) -> Tensor:
    """A fingerprint of each row.

    Args:
        data: a tensor of shape [n, ...].
        method: "farmhash64".
        name: the name of the node.

    Returns:
        A uint8 tensor of shape [n, 8].
    """
    return g.fingerprint(data, method, name=name)
