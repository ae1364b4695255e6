"""Writers of summaries in a graph: SummaryWriter, CreateSummaryFileWriter, Write*Summary, ImportEvent."""

import time

import numpy as np

from perdure.formats.events.scalars import scalar_value, summary_event
from perdure.graph.errors import DataLossError
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.summaries.media import image_summary_of, sounds
from perdure.ops.summaries.tensors import tensor_summary_of
from perdure.ops.summaries.values import histogram_summary_of, text
from perdure.resources.summary_writer import SummaryWriter

# -- shared by the family ------------------------------------------------------------------------

_WRITER = {"writer": SummaryWriter}


def no_outputs():
    return []


def only(value, what):
    """The one item of a tensor."""
    value = np.asarray(value)
    if value.size != 1:
        raise invalid(f"{what} must be a scalar")
    return value.item()


def add(writer, step, summary):
    """Have a serialized summary written."""
    writer.add(summary_event(time.time(), int(only(step, "step")), summary))
    return ()


# -- SummaryWriter, and how it is opened and closed ----------------------------------------------

summary_writer = op("SummaryWriter", setup=True, makes=SummaryWriter)


@summary_writer.shape
def summary_writer_shape():
    return ()


@summary_writer.kernel
def summary_writer_kernel(xp, *, obtain):
    return obtain()


create_summary_file_writer = op("CreateSummaryFileWriter", host=True, handles=_WRITER)


@create_summary_file_writer.kernel
def create_summary_file_writer_kernel(xp, writer, logdir, max_queue, flush_millis, filename_suffix, *, files):
    seconds = only(flush_millis, "flush_millis") / 1000
    folder, suffix = text(only(logdir, "logdir")), text(only(filename_suffix, "filename_suffix"))
    writer.open(files, folder, int(only(max_queue, "max_queue")), seconds, suffix)
    return ()


flush_summary_writer = op("FlushSummaryWriter", host=True, handles=_WRITER)


@flush_summary_writer.kernel
def flush_summary_writer_kernel(xp, writer):
    writer.flush()
    return ()


close_summary_writer = op("CloseSummaryWriter", host=True, handles=_WRITER)


@close_summary_writer.kernel
def close_summary_writer_kernel(xp, writer):
    writer.close()
    return ()


# -- one summary ---------------------------------------------------------------------------------

write_scalar_summary = op("WriteScalarSummary", host=True, handles=_WRITER)


@write_scalar_summary.kernel
def write_scalar_summary_kernel(xp, writer, step, tag, value):
    number = np.asarray(only(value, "value"), np.float64)
    with np.errstate(over="ignore"):
        number = number.astype("<f4").tobytes()
    return add(writer, step, scalar_value(text(only(tag, "tag")).encode("utf-8", "surrogateescape"), number))


write_histogram_summary = op("WriteHistogramSummary", host=True, handles=_WRITER)


@write_histogram_summary.kernel
def write_histogram_summary_kernel(xp, writer, step, tag, values):
    tag = text(only(tag, "tag"))
    return add(writer, step, histogram_summary_of(tag, values, tag))


write_image_summary = op("WriteImageSummary", host=True, handles=_WRITER)


@write_image_summary.kernel
def write_image_summary_kernel(xp, writer, step, tag, tensor, bad_color, *, max_images):
    return add(writer, step, image_summary_of(text(only(tag, "tag")), tensor, max_images, bad_color))


write_audio_summary = op("WriteAudioSummary", host=True, handles=_WRITER)


@write_audio_summary.kernel
def write_audio_summary_kernel(xp, writer, step, tag, tensor, sample_rate, *, max_outputs):
    rate = only(sample_rate, "sample_rate")
    return add(writer, step, sounds(text(only(tag, "tag")), tensor, rate, max_outputs))


write_summary = op("WriteSummary", host=True, handles=_WRITER)


@write_summary.kernel
def write_summary_kernel(xp, writer, step, tensor, tag, summary_metadata):
    metadata = only(summary_metadata, "summary_metadata")
    return add(writer, step, tensor_summary_of(text(only(tag, "tag")), tensor, metadata or None))


# -- whole messages ------------------------------------------------------------------------------

write_raw_proto_summary = op("WriteRawProtoSummary", host=True, handles=_WRITER)


@write_raw_proto_summary.kernel
def write_raw_proto_summary_kernel(xp, writer, step, tensor):
    from perdure.formats import messages

    return add(writer, step, checked(messages.Summary(), tensor, "tf.compat.v1.Summary"))


write_graph_summary = op("WriteGraphSummary", host=True, handles=_WRITER)


@write_graph_summary.kernel
def write_graph_summary_kernel(xp, writer, step, tensor):
    from perdure.formats import messages

    graph = checked(messages.GraphDef(), tensor, "tf.GraphDef")
    event = messages.Event(wall_time=time.time(), step=int(only(step, "step")), graph_def=graph)
    writer.add(event.SerializeToString())
    return ()


import_event = op("ImportEvent", host=True, handles=_WRITER)


@import_event.kernel
def import_event_kernel(xp, writer, event):
    from perdure.formats import messages

    writer.add(checked(messages.Event(), event, "tf.Event"))
    return ()


def checked(message, tensor, name):
    """The bytes of a message that a tensor holds."""
    from perdure.formats.messages import fill_from

    data = only(np.asarray(tensor, object), "the message")
    if not fill_from(message, data):
        raise DataLossError(None, None, f"Bad {name} binary proto tensor string")
    return message.SerializeToString()


summary_writer.not_differentiable("it is a source, with no inputs")
for definition in (
    create_summary_file_writer,
    flush_summary_writer,
    close_summary_writer,
    write_scalar_summary,
    write_histogram_summary,
    write_image_summary,
    write_audio_summary,
    write_summary,
    write_raw_proto_summary,
    write_graph_summary,
    import_event,
):
    definition.shape(no_outputs)
    definition.not_differentiable("it has no outputs")
