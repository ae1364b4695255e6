"""Readers: making them, reading what is in the files that a queue names, their state.

Names of inputs, outputs and attributes are rows of the signature table.  Each op has an older twin whose
handle is a reference to strings; the rules are the same.  The readers themselves are in
`resources/readers.py`.
"""

import numpy as np

from perdure.graph.shapes import with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.resources.lmdb_reader import LMDBReader
from perdure.resources.queues import Queue
from perdure.resources.readers import (
    FixedLengthRecordReader,
    IdentityReader,
    Reader,
    TextLineReader,
    TFRecordReader,
    WholeFileReader,
)

# -- making them ---------------------------------------------------------------------------------


def plain_kernel(xp, *, obtain):
    return obtain()


def text_line_kernel(xp, *, obtain, skip_header_lines):
    return obtain(skip_header_lines=skip_header_lines)


def tf_record_kernel(xp, *, obtain, compression_type):
    return obtain(compression_type=compression_type)


def fixed_length_kernel(xp, *, obtain, record_bytes, header_bytes, footer_bytes, hop_bytes):
    return obtain(
        record_bytes=record_bytes,
        header_bytes=header_bytes,
        footer_bytes=footer_bytes,
        hop_bytes=hop_bytes,
        encoding="",
    )


def fixed_length_v2_kernel(xp, *, obtain, record_bytes, header_bytes, footer_bytes, hop_bytes, encoding):
    return obtain(
        record_bytes=record_bytes,
        header_bytes=header_bytes,
        footer_bytes=footer_bytes,
        hop_bytes=hop_bytes,
        encoding=encoding,
    )


def handle_shape():
    return ()


def reference_shape():
    return (2,)


def maker(definition, shape, kernel):
    """Let an op make readers."""
    definition.shape(shape)
    definition.kernel(kernel)
    definition.not_differentiable("it is a source, with no inputs")


maker(op("WholeFileReader", setup=True, makes=WholeFileReader), reference_shape, plain_kernel)
maker(op("WholeFileReaderV2", setup=True, makes=WholeFileReader), handle_shape, plain_kernel)
maker(op("IdentityReader", setup=True, makes=IdentityReader), reference_shape, plain_kernel)
maker(op("IdentityReaderV2", setup=True, makes=IdentityReader), handle_shape, plain_kernel)
maker(op("LMDBReader", setup=True, makes=LMDBReader), reference_shape, plain_kernel)
maker(op("TextLineReader", setup=True, makes=TextLineReader), reference_shape, text_line_kernel)
maker(op("TextLineReaderV2", setup=True, makes=TextLineReader), handle_shape, text_line_kernel)
maker(op("TFRecordReader", setup=True, makes=TFRecordReader), reference_shape, tf_record_kernel)
maker(op("TFRecordReaderV2", setup=True, makes=TFRecordReader), handle_shape, tf_record_kernel)
maker(
    op("FixedLengthRecordReader", setup=True, makes=FixedLengthRecordReader),
    reference_shape,
    fixed_length_kernel,
)
maker(
    op("FixedLengthRecordReaderV2", setup=True, makes=FixedLengthRecordReader),
    handle_shape,
    fixed_length_v2_kernel,
)

# -- FakeQueue -----------------------------------------------------------------------------------

fake_queue = op("FakeQueue", host=True, handles={"resource": Queue})


@fake_queue.shape
def fake_queue_shape():
    return None


@fake_queue.kernel
def fake_queue_kernel(xp, resource):
    return resource


fake_queue.not_differentiable("it deals with a queue")

# -- what is done with a reader ------------------------------------------------------------------


def bytes_array(items):
    """Strings as a vector."""
    array = np.empty(len(items), object)
    array[:] = items
    return array


def read_shape():
    return [(), ()]


def read_kernel(xp, reader_handle, queue_handle, *, files, step):
    key, value = reader_handle.read(queue_handle, files, step)
    return np.array(key, object), np.array(value, object)


def read_up_to_shape(num_records):
    with_rank(num_records, 0)
    return [(None,), (None,)]


def read_up_to_kernel(xp, reader_handle, queue_handle, num_records, *, files, step):
    if np.ndim(num_records):
        raise invalid("num_records must be a scalar")
    if num_records < 0:  # TensorFlow ends the process
        raise invalid(f"num_records must be >= 0, but is {num_records}")
    found = reader_handle.read_up_to(int(num_records), queue_handle, files, step)
    return bytes_array([key for key, _ in found]), bytes_array([value for _, value in found])


def scalar_shape():
    return ()


def num_records_produced_kernel(xp, reader_handle):
    return np.int64(reader_handle.num_records_produced())


def num_work_units_completed_kernel(xp, reader_handle):
    return np.int64(reader_handle.num_work_units_completed())


def serialize_state_kernel(xp, reader_handle):
    return np.array(reader_handle.serialize_state(), object)


def restore_state_shape(state):
    with_rank(state, 0)
    return []


def restore_state_kernel(xp, reader_handle, state):
    state = np.asarray(state, object).item()
    reader_handle.restore_state(state if isinstance(state, bytes) else str(state).encode())
    return ()


def reset_shape():
    return []


def reset_kernel(xp, reader_handle):
    reader_handle.reset()
    return ()


def of_reader(old, new, shape, kernel):
    """Give the two ops that do one thing with a reader their rules."""
    for definition in (old, new):
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable("it deals with a reader")


_HANDLE = {"reader_handle": Reader}
_HANDLES = {"reader_handle": Reader, "queue_handle": Queue}

of_reader(
    op("ReaderRead", host=True, handles=_HANDLES, waits=True),
    op("ReaderReadV2", host=True, handles=_HANDLES, waits=True),
    read_shape,
    read_kernel,
)
of_reader(
    op("ReaderReadUpTo", host=True, handles=_HANDLES, waits=True),
    op("ReaderReadUpToV2", host=True, handles=_HANDLES, waits=True),
    read_up_to_shape,
    read_up_to_kernel,
)
of_reader(
    op("ReaderNumRecordsProduced", host=True, handles=_HANDLE),
    op("ReaderNumRecordsProducedV2", host=True, handles=_HANDLE),
    scalar_shape,
    num_records_produced_kernel,
)
of_reader(
    op("ReaderNumWorkUnitsCompleted", host=True, handles=_HANDLE),
    op("ReaderNumWorkUnitsCompletedV2", host=True, handles=_HANDLE),
    scalar_shape,
    num_work_units_completed_kernel,
)
of_reader(
    op("ReaderSerializeState", host=True, handles=_HANDLE),
    op("ReaderSerializeStateV2", host=True, handles=_HANDLE),
    scalar_shape,
    serialize_state_kernel,
)
of_reader(
    op("ReaderRestoreState", host=True, handles=_HANDLE),
    op("ReaderRestoreStateV2", host=True, handles=_HANDLE),
    restore_state_shape,
    restore_state_kernel,
)
of_reader(
    op("ReaderReset", host=True, handles=_HANDLE),
    op("ReaderResetV2", host=True, handles=_HANDLE),
    reset_shape,
    reset_kernel,
)
