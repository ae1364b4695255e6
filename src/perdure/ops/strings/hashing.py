"""Strings as numbers: hash buckets and fingerprints."""

import numpy as np

from perdure.formats.fingerprints import fingerprint64, hash64, siphash
from perdure.graph.shapes import with_rank, with_rank_at_least
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import as_text, flat


def _buckets(hashes, num_buckets, shape):
    return (hashes % np.uint64(num_buckets)).astype(np.int64).reshape(shape)


to_hash_bucket = op("StringToHashBucket", host=True)
to_hash_bucket.not_differentiable("it hashes strings")


@to_hash_bucket.shape
def to_hash_bucket_shape(string_tensor):
    return string_tensor


@to_hash_bucket.kernel
def to_hash_bucket_kernel(xp, string_tensor, *, num_buckets):
    return _buckets(hash64(flat(string_tensor)), num_buckets, np.shape(string_tensor))


to_hash_bucket_fast = op("StringToHashBucketFast", host=True)
to_hash_bucket_fast.not_differentiable("it hashes strings")


@to_hash_bucket_fast.shape
def to_hash_bucket_fast_shape(input):
    return input


@to_hash_bucket_fast.kernel
def to_hash_bucket_fast_kernel(xp, input, *, num_buckets):
    return _buckets(fingerprint64(flat(input)), num_buckets, np.shape(input))


to_hash_bucket_strong = op("StringToHashBucketStrong", host=True)
to_hash_bucket_strong.not_differentiable("it hashes strings")


@to_hash_bucket_strong.shape
def to_hash_bucket_strong_shape(input):
    return input


@to_hash_bucket_strong.kernel
def to_hash_bucket_strong_kernel(xp, input, *, num_buckets, key):
    if len(key) != 2:
        raise invalid("Key must have 2 elements")
    return _buckets(siphash(flat(input), tuple(key)), num_buckets, np.shape(input))


# A fingerprint of each row: of its bytes, and of its strings' fingerprints.
fingerprint = op("Fingerprint", static=["method"], host=True)
fingerprint.not_differentiable("it hashes")


@fingerprint.shape
def fingerprint_shape(data, method):
    data = with_rank_at_least(data, 1)
    if method is not None:
        _check_method(method, ValueError)
    return (None if data is None else data[0], None if method is None else 8)


def _check_method(method, refuse):
    with_rank(np.shape(method), 0)
    name = as_text(np.asarray(method, object).item())
    if name != "farmhash64":
        raise refuse(f"Unsupported method: {name}")


@fingerprint.kernel
def fingerprint_kernel(xp, data, method):
    data = np.asarray(data)
    if not data.ndim:
        raise invalid("Data must have at least one dimension: []")
    _check_method(method, invalid)
    if data.dtype == object:
        hashes = fingerprint64(flat(data))
        if data.ndim == 1:
            return hashes.astype("<u8").view(np.uint8).reshape(len(data), 8)
        data = hashes.astype("<u8").reshape(len(data), -1)
    rows = [row.tobytes() for row in np.ascontiguousarray(data)]
    return fingerprint64(rows).astype("<u8").view(np.uint8).reshape(len(data), 8)
