"""Ops that make datasets of what is in files, and files of datasets."""

from perdure.ops.data.definitions import as_dataset, dataset_op, integer, text
from perdure.ops.registry import op
from perdure.pipelines import files as sources
from perdure.pipelines.dataset import Context


def names_of(filenames):
    """The names in a scalar or vector of strings.

    Raises:
        InvalidArgumentError: it has another rank.
    """
    if isinstance(filenames, bytes):
        return [filenames]
    if filenames.ndim > 1:
        raise sources.invalid("`filenames` must be a scalar or a vector.")
    return list(filenames.ravel())


text_line_dataset = dataset_op("TextLineDataset")


@text_line_dataset.kernel
def text_line_dataset_kernel(xp, filenames, compression_type, buffer_size, *, files):
    check_buffer_size(buffer_size)
    return sources.TextLineDataset(names_of(filenames), text(compression_type), files)


def check_buffer_size(buffer_size):
    if integer(buffer_size, "buffer_size") < 0:
        raise sources.invalid("`buffer_size` must be >= 0 (0 == default)")


tf_record_dataset = dataset_op("TFRecordDataset")


@tf_record_dataset.kernel
def tf_record_dataset_kernel(xp, filenames, compression_type, buffer_size, *, files):
    if integer(buffer_size, "buffer_size") < 0:
        raise sources.invalid("`buffer_size` must be >= 0 (0 == no buffering)")
    return sources.TFRecordDataset(names_of(filenames), text(compression_type), files)


fixed_length_record_dataset = dataset_op("FixedLengthRecordDataset")


@fixed_length_record_dataset.kernel
def fixed_length_record_dataset_kernel(
    xp, filenames, header_bytes, record_bytes, footer_bytes, buffer_size, *, files
):
    check_buffer_size(buffer_size)
    return sources.FixedLengthRecordDataset(
        names_of(filenames), b"", files, int(record_bytes), int(header_bytes), int(footer_bytes)
    )


fixed_length_record_dataset_v2 = dataset_op("FixedLengthRecordDatasetV2")


@fixed_length_record_dataset_v2.kernel
def fixed_length_record_dataset_v2_kernel(
    xp, filenames, header_bytes, record_bytes, footer_bytes, buffer_size, compression_type, *, files
):
    check_buffer_size(buffer_size)
    return sources.FixedLengthRecordDataset(
        names_of(filenames),
        text(compression_type),
        files,
        int(record_bytes),
        int(header_bytes),
        int(footer_bytes),
    )


def matching_files_dataset_kernel(xp, patterns, *, files):
    return sources.MatchingFilesDataset(names_of(patterns), files)


for _definition in (
    dataset_op("MatchingFilesDataset"),
    dataset_op("ExperimentalMatchingFilesDataset"),
):
    _definition.kernel(matching_files_dataset_kernel)


def no_output_shape():
    return []


def dataset_to_tf_record_kernel(xp, input_dataset, filename, compression_type, *, files, step):
    step.hand_over()
    context = Context()
    try:
        elements = as_dataset(input_dataset).values(context, "ToTFRecord")
        sources.write_records(files, text(filename), text(compression_type), elements)
    finally:
        context.close()
    return ()


for _definition in (
    op("DatasetToTFRecord", host=True, waits=True),
    op("ExperimentalDatasetToTFRecord", host=True, waits=True),
):
    _definition.shape(no_output_shape)
    _definition.kernel(dataset_to_tf_record_kernel)
    _definition.not_differentiable("it writes a file")
