"""Checkpoints: SaveV2, RestoreV2, MergeV2Checkpoints, those of version 1, and the names of shards.

Names of inputs, outputs and attributes are rows of the signature table.  A kernel asks for `files`, which
knows where they are and which of them the session may touch.  What reads and writes files is imported by the
kernels: every program imports this module, and few have checkpoints.
"""

import os

import numpy as np

from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import parse_shape_and_slice
from perdure.graph.dtypes import as_dtype, word_of
from perdure.graph.errors import OpError
from perdure.graph.shapes import format_shape, merge, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ------------------------------------------------------------------------


def bytes_of(item):
    """A string among the inputs."""
    return item if isinstance(item, bytes) else str(item).encode()


def strings(value):
    """The strings of a tensor, in one dimension."""
    return [bytes_of(item) for item in np.asarray(value, object).ravel().tolist()]


def prefix_of(prefix):
    """The name of a checkpoint."""
    found = strings(prefix)
    if len(found) != 1:
        raise invalid(f"Input prefix should have a single element, got {len(found)} instead.")
    return os.fsdecode(found[0])


def names_and_parts(tensor_names, shape_and_slices):
    """The names of tensors, and the texts that say which parts of them are meant."""
    names, parts = np.shape(tensor_names), np.shape(shape_and_slices)
    if len(names) != 1 or len(parts) != 1:
        raise invalid(
            "Input tensor_names and shape_and_slices should be an 1-D tensors, got "
            f"{format_shape(names)} and {format_shape(parts)} instead."
        )
    if names != parts:
        raise invalid(
            f"tensor_names and shape_and_slices have different number of elements: {names[0]} vs. {parts[0]}"
        )
    return strings(tensor_names), [part.decode("utf-8", "replace") for part in strings(shape_and_slices)]


def saved_of(name, text, dtype, value):
    """A tensor that is saved, as the text says."""
    array = np.asarray(value)
    if not text:
        return Saved(name, as_dtype(dtype), array, array.shape)
    shape, part, part_shape = parse_shape_and_slice(text)
    if part_shape != array.shape:
        raise invalid(
            "Slice in shape_and_slice specification does not match the shape of the tensor to  save: "
            f"{text}, tensor: {format_shape(array.shape)}"
        )
    return Saved(name, as_dtype(dtype), array, shape, part)


# -- SaveV2 --------------------------------------------------------------------------------------

save_v2 = op("SaveV2", host=True)


@save_v2.shape
def save_v2_shape(prefix, tensor_names, shape_and_slices, tensors):
    with_rank(prefix, 0)
    for shape in (tensor_names, shape_and_slices):
        with_size(with_rank(shape, 1)[0], len(tensors))
    return []


@save_v2.kernel
def save_v2_kernel(xp, prefix, tensor_names, shape_and_slices, tensors, *, dtypes, files):
    name = prefix_of(prefix)
    names, parts = names_and_parts(tensor_names, shape_and_slices)
    if len(names) != len(tensors):
        raise invalid(f"Got {len(names)} tensor names but {len(tensors)} tensors.")
    saved = [saved_of(*each) for each in zip(names, parts, dtypes, tensors, strict=True)]
    from perdure.formats.bundle.writer import write_bundle

    write_bundle(files, name, saved)
    return ()


save_v2.not_differentiable("it has no outputs")

# -- RestoreV2 -----------------------------------------------------------------------------------

restore_v2 = op("RestoreV2", host=True, static=["shape_and_slices"])


@restore_v2.shape
def restore_v2_shape(prefix, tensor_names, shape_and_slices, shape_of_shape_and_slices, *, dtypes):
    with_rank(prefix, 0)
    merge(with_rank(tensor_names, 1), with_rank(shape_of_shape_and_slices, 1))
    if shape_and_slices is None:
        return [None] * len(dtypes)
    texts = strings(shape_and_slices)
    if len(texts) != len(dtypes):
        raise ValueError("The number of shape_and_slice doesn't match tensor outputs.")
    return [parse_shape_and_slice(text.decode())[2] if text else None for text in texts]


@restore_v2.kernel
def restore_v2_kernel(xp, prefix, tensor_names, shape_and_slices, *, dtypes, files):
    name = prefix_of(prefix)
    names, parts = names_and_parts(tensor_names, shape_and_slices)
    if len(names) != len(dtypes):
        raise invalid(f"Got {len(names)} tensor names, but {len(dtypes)} expected dtypes.")
    from perdure.formats.checkpoints import open_checkpoint

    checkpoint = open_checkpoint(files, name)
    if checkpoint.version == 1:
        wanted = zip(names, parts, dtypes, strict=True)
        return [restored_slice(checkpoint, *each) for each in wanted]
    # TensorFlow looks for names in their order.
    check_types(checkpoint, sorted(zip(names, map(as_dtype, dtypes), strict=True), key=lambda each: each[0]))
    return checkpoint.read_all(
        [(name, part_of(checkpoint, name, text)) for name, text in zip(names, parts, strict=True)]
    )


def check_types(checkpoint, wanted):
    """Refuse tensors of other types than a checkpoint has, all at once."""
    wrong = []
    for name, dtype in wanted:
        stored, _ = checkpoint.type_and_shape(name)
        if stored is not dtype:
            wrong.append(
                f"tensor_name = {name.decode('utf-8', 'backslashreplace')}; expected dtype {word_of(dtype)} "
                f"does not equal original dtype {word_of(stored)}"
            )
    if wrong:
        raise invalid("\n".join(wrong))


def part_of(checkpoint, name, text):
    """The part of a tensor of a checkpoint that the text says, None for all of it."""
    if not text:
        return None
    shape, part, _ = parse_shape_and_slice(text)
    _, stored = checkpoint.type_and_shape(name)
    if shape != stored:
        raise invalid(
            f"tensor_name = {name.decode('utf-8', 'backslashreplace')}; shape in shape_and_slice spec "
            f"{format_shape(shape)} does not match the shape stored in checkpoint: {format_shape(stored)}"
        )
    return part


restore_v2.not_differentiable("it reads files")

# -- Save, SaveSlices ----------------------------------------------------------------------------

save = op("Save", host=True)
save_slices = op("SaveSlices", host=True)


@save.shape
def save_shape(filename, tensor_names, data):
    with_rank(filename, 0)
    with_size(with_rank(tensor_names, 1)[0], len(data))
    return []


@save_slices.shape
def save_slices_shape(filename, tensor_names, shapes_and_slices, data):
    with_rank(filename, 0)
    for shape in (tensor_names, shapes_and_slices):
        with_size(with_rank(shape, 1)[0], len(data))
    return []


def file_of(value, what):
    """The name of a file of version 1, or a pattern for several."""
    found = strings(value)
    if len(found) != 1:
        raise invalid(f"Input 0 ({what}) must be a string scalar; got a tensor of {len(found)}elements")
    return os.fsdecode(found[0])


@save.kernel
def save_kernel(xp, filename, tensor_names, data, *, T, files):
    save_all(files, file_of(filename, "filename"), strings(tensor_names), None, T, data)
    return ()


@save_slices.kernel
def save_slices_kernel(xp, filename, tensor_names, shapes_and_slices, data, *, T, files):
    name, names, parts = file_of(filename, "filename"), strings(tensor_names), strings(shapes_and_slices)
    if len(parts) != len(names):
        raise invalid(f"Expected {len(names)} elements for the tensor shapes and slices but got {len(parts)}")
    save_all(files, name, names, [part.decode("utf-8", "replace") for part in parts], T, data)
    return ()


def save_all(files, name, names, parts, dtypes, data):
    """Write a checkpoint of version 1, of whole tensors if there are no `parts`."""
    fixed = 2 if parts is None else 3
    if len(names) != len(data):
        raise invalid(
            f"Expected totally {len(names) + fixed} inputs as input #1 (which is a string tensor of saved "
            f"names) contains {len(names)} names, but received {len(data) + fixed} inputs"
        )
    from perdure.formats.tensor_slices.writer import write_slices

    texts = [""] * len(names) if parts is None else parts
    write_slices(files, name, [saved_of(*each) for each in zip(names, texts, dtypes, data, strict=True)])


save.not_differentiable("it has no outputs")
save_slices.not_differentiable("it has no outputs")

# -- Restore, RestoreSlice -----------------------------------------------------------------------

restore = op("Restore", host=True)
restore_slice = op("RestoreSlice", host=True, static=["shape_and_slice"])


@restore.shape
def restore_shape(file_pattern, tensor_name):
    with_rank(file_pattern, 0)
    with_rank(tensor_name, 0)
    return None


@restore_slice.shape
def restore_slice_shape(file_pattern, tensor_name, shape_and_slice, shape_of_shape_and_slice):
    for shape in (file_pattern, tensor_name, shape_of_shape_and_slice):
        with_rank(shape, 0)
    text = "" if shape_and_slice is None else strings(shape_and_slice)[0].decode()
    return parse_shape_and_slice(text)[2] if text else None


@restore.kernel
def restore_kernel(xp, file_pattern, tensor_name, *, dt, preferred_shard, files):
    return restored_slice(opened(files, file_pattern, preferred_shard), strings(tensor_name)[0], "", dt)


@restore_slice.kernel
def restore_slice_kernel(xp, file_pattern, tensor_name, shape_and_slice, *, dt, preferred_shard, files):
    checkpoint = opened(files, file_pattern, preferred_shard)
    text = strings(shape_and_slice)[0].decode("utf-8", "replace")
    return restored_slice(checkpoint, strings(tensor_name)[0], text, dt)


def opened(files, file_pattern, preferred_shard):
    """A checkpoint of version 1."""
    from perdure.formats.tensor_slices.reader import SliceFiles

    return SliceFiles(files, file_of(file_pattern, "file_pattern"), preferred_shard)


def restored_slice(checkpoint, name, text, dtype):
    """A tensor of a checkpoint of version 1, or the part of it that the text says."""
    stored, stored_shape = checkpoint.type_and_shape(name)
    if stored is not as_dtype(dtype):
        raise invalid(
            f"Expected to restore a tensor of type {word_of(as_dtype(dtype))}, got a tensor of type "
            f"{word_of(stored)} instead: tensor_name = {name.decode('utf-8', 'backslashreplace')}"
        )
    if not text:
        return checkpoint.read(name)
    shape, part, _ = parse_shape_and_slice(text)
    if shape != stored_shape:
        raise invalid(
            "Shape in shape_and_slice spec does not match the shape in the save file: "
            f"{format_shape(shape)}, save file shape: {format_shape(stored_shape)}"
        )
    return checkpoint.read(name, part)


restore.not_differentiable("it reads files")
restore_slice.not_differentiable("it reads files")

# -- MergeV2Checkpoints --------------------------------------------------------------------------

merge_v2_checkpoints = op("MergeV2Checkpoints", host=True)


@merge_v2_checkpoints.shape
def merge_v2_checkpoints_shape(checkpoint_prefixes, destination_prefix):
    with_rank(checkpoint_prefixes, 1)
    with_rank(destination_prefix, 0)
    return []


@merge_v2_checkpoints.kernel
def merge_v2_checkpoints_kernel(xp, checkpoint_prefixes, destination_prefix, *, delete_old_dirs, files):
    if np.ndim(checkpoint_prefixes) != 1:
        shape = format_shape(np.shape(checkpoint_prefixes))
        raise invalid(f"Input checkpoint_prefixes should be an 1-D tensor, got {shape} instead.")
    if np.ndim(destination_prefix):
        shape = format_shape(np.shape(destination_prefix))
        raise invalid(f"Input destination_prefix should be a scalar tensor, got {shape} instead.")
    prefixes = [os.fsdecode(prefix) for prefix in strings(checkpoint_prefixes)]
    target = prefix_of(destination_prefix)
    from perdure.formats.bundle.merging import merge_bundles

    merge_bundles(files, prefixes, target)
    if delete_old_dirs:
        for folder in {os.path.dirname(prefix) for prefix in prefixes} - {os.path.dirname(target)}:
            try:
                files.remove_directory(folder)
            except OpError:
                continue  # something else is in it
    return ()


merge_v2_checkpoints.not_differentiable("it has no outputs")

# -- ShardedFilename, ShardedFilespec ------------------------------------------------------------

sharded_filename = op("ShardedFilename", host=True)
sharded_filespec = op("ShardedFilespec", host=True)


@sharded_filename.shape
def sharded_filename_shape(basename, shard, num_shards):
    for shape in (basename, shard, num_shards):
        with_rank(shape, 0)
    return ()


@sharded_filespec.shape
def sharded_filespec_shape(basename, num_shards):
    for shape in (basename, num_shards):
        with_rank(shape, 0)
    return ()


def require_scalars(**inputs):
    for name, value in inputs.items():
        if np.ndim(value):
            raise invalid(f"{name} must be a scalar, got shape {format_shape(np.shape(value))}")


@sharded_filename.kernel
def sharded_filename_kernel(xp, basename, shard, num_shards):
    require_scalars(basename=basename, shard=shard, num_shards=num_shards)
    name = strings(basename)[0] + b"-%05d-of-%05d" % (int(shard), int(num_shards))
    return np.array(name, object)


@sharded_filespec.kernel
def sharded_filespec_kernel(xp, basename, num_shards):
    require_scalars(basename=basename, num_shards=num_shards)
    return np.array(strings(basename)[0] + b"-?????-of-%05d" % int(num_shards), object)


sharded_filename.not_differentiable("it returns the name of a file")
sharded_filespec.not_differentiable("it returns the name of a file")
