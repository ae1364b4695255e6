"""What readers and writers of tables agree on.

    file    = block* metaindex_block index_block footer
    block   = contents, type (1 byte: how the contents are compressed), masked CRC-32C of both (4 bytes)
    contents = entry* restart* count (4 bytes)
    entry   = shared, unshared, size of the value (varints), the key but for what it shares with the key
              before it, the value
    restart = where an entry stands that shares nothing (4 bytes)
    footer  = handle of the metaindex block, handle of the index block, zeros up to 40 bytes, magic (8 bytes)
    handle  = offset, size without the trailer of 5 bytes (varints)

Keys ascend.  The index block has an entry for each block of data: a key that is not less than its last key
and less than the first key of the next one, and its handle.  Numbers are little-endian.

Source: LevelDB, doc/table_format.md; block size and restarts are TensorFlow's (core/lib/io/table_options.h).
"""

MAGIC = 0xDB4775248B80FB57
FOOTER = 48  # bytes
TRAILER = 5  # bytes

UNCOMPRESSED, SNAPPY = 0, 1

BLOCK_SIZE = 262144  # bytes, after which a block of data ends
LARGE = 2 * BLOCK_SIZE  # bytes of a key and its value that begin a block
RESTART_INTERVAL = 16  # entries


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the lowest first; all but the last have the eighth bit."""
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
