"""Numbers from TensorFlow 1.15.5, and how they are packed.

An op family's goldens are one .npz of two members: `meta`, JSON, and `data`, the bytes of all
arrays one after another.  A packed array is {"dtype", "shape", "at"} (the offset in `data`), or
{"dtype", "shape", "text"} for strings (bytes as latin-1).  The file holds no dates: made again from
the same cases it is the same bytes.  Python 3.7 writes it, today's Python reads it.
"""

import io
import json
import zipfile

import numpy as np


class Packer(object):
    """Collects arrays; `save` writes them with a JSON-able `meta` that refers to them."""

    def __init__(self):
        self._data = bytearray()

    def pack(self, array):
        """Store `array`; returns the record to put into meta."""
        array = np.asarray(array)
        record = {"dtype": _dtype_name(array.dtype), "shape": list(array.shape)}
        if array.dtype == object:
            record["text"] = [item.decode("latin-1") for item in array.ravel()]
            return record
        if record["dtype"] == "bfloat16":
            array = array.astype(np.float32)
        record["at"] = len(self._data)
        self._data += array.tobytes()
        return record

    def save(self, path, meta):
        """Write `meta` and the arrays to `path`."""
        text = json.dumps(meta, sort_keys=True, separators=(",", ":"))
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in [("meta", text.encode("utf-8")), ("data", bytes(self._data))]:
                buffer = io.BytesIO()
                np.save(buffer, np.frombuffer(content, np.uint8))
                info = zipfile.ZipInfo(name + ".npy", date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, buffer.getvalue())


def load(path):
    """Read what `Packer.save` wrote: (meta, unpack), where unpack turns a record into an array."""
    with np.load(path) as archive:
        meta = json.loads(archive["meta"].tobytes().decode("utf-8"))
        data = archive["data"].tobytes()

    def unpack(record):
        shape = tuple(record["shape"])
        if "text" in record:
            array = np.empty(len(record["text"]), object)
            array[:] = [item.encode("latin-1") for item in record["text"]]
            return array.reshape(shape)
        # The tests widen bfloat16 the same way before they compare.
        dtype = np.dtype("float32" if record["dtype"] == "bfloat16" else record["dtype"])
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(data, dtype, count, record["at"]).reshape(shape)

    return meta, unpack


def _dtype_name(dtype):
    if dtype.names:  # TensorFlow's NumPy stand-ins for quantized types: [("qint8", "i1")]
        return dtype[0].name
    if dtype.kind == "O":
        return "string"
    # TensorFlow 1.15's bfloat16 is a void type to NumPy.
    return "bfloat16" if dtype.kind == "V" else dtype.name


def weights(array):
    """The incoming gradient that the goldens use for an output: fixed numbers around 1."""
    count = np.arange(array.size, dtype=np.float64)
    return (0.5 + (count * 7 % 11) / 10).reshape(array.shape).astype(array.dtype)
