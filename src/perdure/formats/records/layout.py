"""How a record lies in a file, from tensorflow/core/lib/io/record_writer.h:

| bytes | what |
| --- | --- |
| 8 | length of the data, little-endian |
| 4 | masked CRC-32C of these 8 bytes |
| length | the data |
| 4 | masked CRC-32C of the data |
"""

from __future__ import annotations

from perdure.formats.checksums import masked_crc32c

HEADER = 12
FOOTER = 4
# So many lengths are remembered by readers and writers; most files have few different ones.
_MOST_LENGTHS = 4096


class Headers(dict[int, bytes]):
    """The header of records of each length, made when it is first asked for."""

    def __missing__(self, length: int) -> bytes:
        if len(self) >= _MOST_LENGTHS:
            self.clear()
        number = length.to_bytes(8, "little")
        header = self[length] = number + masked_crc32c(number).to_bytes(4, "little")
        return header


class Lengths(dict[bytes, int]):
    """The length that each header says, checked when it is first asked for; -1 if its checksum is wrong."""

    def __missing__(self, header: bytes) -> int:
        if masked_crc32c(header[:8]) != int.from_bytes(header[8:], "little"):
            return -1
        if len(self) >= _MOST_LENGTHS:
            self.clear()
        length = self[header] = int.from_bytes(header[:8], "little")
        return length
