"""What readers and writers of bundles agree on.

    PREFIX.index                     a table: "" -> BundleHeaderProto, name -> BundleEntryProto
    PREFIX.data-00000-of-00002 ...   the bytes of tensors, one behind the other, at the entries' offsets

The entry of a tensor that is stored in parts has no bytes, but the list of its slices; each of these has an
entry of its own, under the key of `formats/slices/keys.py`.

    numbers = their bytes in C order, in the byte order that the header says
    strings = their lengths (varints), the masked CRC-32C of these (4 bytes), their bytes

The checksum of numbers covers their bytes; that of strings the lengths (as 4 bytes each, 8 from 4 GiB on),
the checksum of these as it is stored, and the bytes.  Source: TensorFlow,
core/util/tensor_bundle/tensor_bundle.cc.
"""

from __future__ import annotations

HEADER_KEY = b""
VERSION, MIN_CONSUMER, MIN_PRODUCER = 1, 0, 0


def index_name(prefix: str) -> str:
    """The file that says what a bundle has."""
    return f"{prefix}.index"


def data_name(prefix: str, shard: int, shards: int) -> str:
    """One of the files with the bytes of a bundle."""
    return f"{prefix}.data-{shard:05d}-of-{shards:05d}"
