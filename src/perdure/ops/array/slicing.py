"""Parts of arrays: Slice, and StridedSlice with its masks, gradient and assignments.

A strided slice is planned once, by `plan`, into Python slices (what is read) and a shape (new
axes added, indexed axes removed).  Everything else in this module uses that plan.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape, merge_size, unknown, with_rank
from perdure.ops.array.array import refuse_below
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- Slice ------------------------------------------------------------------------

slice_ = op("Slice", static=["begin", "size"], sizes=["begin", "size"])


@slice_.shape
def slice_shape(input, begin, size):
    if begin is None and size is None:
        return None if input is None else unknown(len(input))
    if size is not None:
        refuse_below(size, -1)
    rank = len(size if begin is None else begin)
    if size is not None:
        merge_size(rank, len(size))
    input = with_rank(input, rank)
    if size is None:
        return unknown(rank)
    if None in size:  # TensorFlow takes sizes that it knows in part for a shape, in which -1 is unknown
        size = tuple(None if wanted == -1 else wanted for wanted in size)
    result = []
    for start, wanted, whole in zip(begin or unknown(rank), size, input, strict=True):
        if wanted == -1:  # up to the end
            wanted = None if whole is None or start is None else whole - start
            if wanted is not None and wanted < 0:
                raise ValueError(f"begin {start} lies beyond the end of an axis of size {whole}")
        result.append(wanted)
    return tuple(result)


@slice_.entries
def slice_entries(input, begin, size):
    entries, begin, size = input.entries, begin.value, size.value
    if entries is None or begin is None or size is None:
        return None
    start, count = int(np.ravel(begin)[0]), int(np.ravel(size)[0])
    return entries[start:] if count < 0 else entries[start : start + count]


@slice_.kernel
def slice_kernel(xp, input, begin, size):
    shape = np.shape(input)
    if begin.shape != (len(shape),) or size.shape != begin.shape:
        raise invalid(
            "Expected begin and size arguments to be 1-D tensors of size "
            f"{len(shape)}, but got shapes {format_shape(begin.shape)} and "
            f"{format_shape(size.shape)} instead."
        )
    where = []
    for i, (start, count) in enumerate(zip(begin.tolist(), size.tolist(), strict=True)):
        if not 0 <= start <= shape[i]:
            raise invalid(f"Expected begin[{i}] in [0, {shape[i]}], but got {start}")
        if count == -1:
            count = shape[i] - start
        if not 0 <= count <= shape[i] - start:
            raise invalid(f"Expected size[{i}] in [0, {shape[i] - start}], but got {count}")
        where.append(slice(start, start + count))
    return xp.asarray(input[tuple(where)])


@slice_.gradient
def slice_gradient(g, d_output, output, input, begin):
    # The incoming gradient, padded with zeros back to the size of the input.
    rank = g.rank(input)
    size = g.shape(output)
    column = g.stack([rank, 1])
    before = g.reshape(begin, column)
    after = g.reshape(g.shape(input) - size - begin, column)
    return {"input": g.pad(d_output, g.concat([before, after], 1))}


# -- the plan of a strided slice --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What a strided slice reads, axis by axis of its input, and the shape of what comes out.

    An entry of `slices` is None, and a size of either shape is None, where it is not known.
    `read_shape` still has the axes that are indexed by a number, with size 1.
    """

    slices: tuple[slice | None, ...]
    read_shape: tuple[int | None, ...]
    final_shape: tuple[int | None, ...]


def bits(mask, count):
    return [bool(mask >> i & 1) for i in range(count)]


def plan(shape, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask):
    """Plan a strided slice of an array of `shape` (tensorflow/core/util/strided_slice_op.cc).

    Args:
        shape: the sizes of the array, None where not known.
        begin, end: lists of numbers, or None if they are not known.
        strides: a list of numbers.

    Raises:
        ValueError: with TensorFlow's words, if the slice is not legal.
    """
    count = len(strides)
    begin_masked, end_masked = bits(begin_mask, count), bits(end_mask, count)
    ellipsis, new_axis = bits(ellipsis_mask, count), bits(new_axis_mask, count)
    shrink = bits(shrink_axis_mask, count)
    if sum(ellipsis) > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
    position = ellipsis.index(True) if any(ellipsis) else count
    # An implicit ellipsis follows the last entry; a new axis before it takes no axis of the input.
    taken = sum(not (new_axis[i] or ellipsis[i]) for i in range(count))
    filled = len(shape) - taken
    axis, slices, read, final = 0, [], [], []
    for i in range(count + 1):
        if i == position:
            for size in shape[axis : axis + max(filled, 0)]:
                slices.append(slice(None))
                read.append(size)
                final.append(size)
            axis += max(filled, 0)
        if i == count or ellipsis[i]:
            continue
        if new_axis[i]:
            final.append(1)
            continue
        if axis >= len(shape):
            raise ValueError(f"Index out of range using input dim {axis}; input has only {len(shape)} dims")
        size, stride = shape[axis], strides[i]
        if stride == 0:
            raise ValueError(f"strides[{i}] must be non-zero")
        known = begin is not None and end is not None
        if shrink[i]:
            if stride < 0:
                raise ValueError("only stride 1 allowed on non-range indexing.")
            one, count_read = (index(size, begin[i], axis) if known and size is not None else None), 1
        elif size is not None and (known or begin_masked[i] and end_masked[i]):
            one = slice(None if begin_masked[i] else begin[i], None if end_masked[i] else end[i], stride)
            # Python's own rule for slices clamps exactly as TensorFlow's canonical() does.
            count_read = len(range(*one.indices(size)))
        else:
            one = count_read = None
        slices.append(one)
        read.append(count_read)
        if not shrink[i]:
            final.append(count_read)
        axis += 1
    return Plan(tuple(slices), tuple(read), tuple(final))


def index(size, begin, axis):
    """The slice of one element."""
    at = begin + size if begin < 0 else begin
    if not 0 <= at < size:
        raise ValueError(f"slice index {at} of dimension {axis} out of bounds.")
    return slice(at, at + 1)


# -- StridedSlice -----------------------------------------------------------------

MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")

strided_slice = op(
    "StridedSlice", static=["begin", "end", "strides"], ranks={"begin": 1, "end": 1, "strides": 1}
)


def as_list(value):
    return None if value is None else with_rank_one(value).tolist()


def with_rank_one(value):
    with_rank(value.shape, 1)
    return value


@strided_slice.shape
def strided_slice_shape(
    input, begin, end, strides, *, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
):
    begin, end, strides = as_list(begin), as_list(end), as_list(strides)
    lengths = {len(bounds) for bounds in (begin, end, strides) if bounds is not None}
    if len(lengths) > 1:
        raise ValueError(f"begin, end and strides must have one length, but have {lengths}")
    if input is None or strides is None:
        return None
    return plan(
        input, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    ).final_shape


def run_time_plan(shape, begin, end, strides, *masks):
    """The plan of a slice whose input shape and static inputs are known."""
    if not begin.shape == end.shape == strides.shape or begin.ndim != 1:
        raise invalid(
            "Expected begin, end, and strides to be 1D equal size tensors, but got "
            f"shapes {format_shape(begin.shape)}, {format_shape(end.shape)}, and "
            f"{format_shape(strides.shape)} instead."
        )
    return remembered_plan(shape, begin.dtype, begin.tobytes(), end.tobytes(), strides.tobytes(), masks)


@lru_cache(maxsize=4096)
def remembered_plan(shape, dtype, begin, end, strides, masks):
    """`plan`, kept for the next step: it takes longer than the slicing."""
    bounds = [np.frombuffer(numbers, dtype).tolist() for numbers in (begin, end, strides)]
    try:
        return plan(shape, *bounds, *masks)
    except ValueError as error:
        raise invalid(str(error)) from None


@strided_slice.entries
def strided_slice_entries(
    input, begin, end, strides, *, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
):
    entries = input.entries
    bounds = [begin.value, end.value, strides.value]
    if entries is None or any(bound is None or len(bound) != 1 for bound in bounds):
        return None
    if ellipsis_mask or new_axis_mask:
        return None
    first, stop, step = (int(bound[0]) for bound in bounds)
    if shrink_axis_mask:
        return [entries[first]] if -len(entries) <= first < len(entries) else None
    return entries[slice(None if begin_mask else first, None if end_mask else stop, step)]


@strided_slice.kernel
def strided_slice_kernel(
    xp, input, begin, end, strides, *, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
):
    planned = run_time_plan(
        np.shape(input),
        begin,
        end,
        strides,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
    )
    return xp.reshape(input[planned.slices], planned.final_shape)


@strided_slice.gradient
def strided_slice_gradient(
    g,
    d_output,
    input,
    begin,
    end,
    strides,
    *,
    begin_mask,
    end_mask,
    ellipsis_mask,
    new_axis_mask,
    shrink_axis_mask,
):
    shape = g.shape(input, out_type=begin.dtype)
    return {
        "input": g.strided_slice_grad(
            shape,
            begin,
            end,
            strides,
            d_output,
            begin_mask=begin_mask,
            end_mask=end_mask,
            ellipsis_mask=ellipsis_mask,
            new_axis_mask=new_axis_mask,
            shrink_axis_mask=shrink_axis_mask,
        )
    }


# -- StridedSliceGrad -------------------------------------------------------------

strided_slice_grad = op("StridedSliceGrad", static=["begin", "end", "strides"], sizes=["shape"])


@strided_slice_grad.shape
def strided_slice_grad_shape(shape):
    return None if shape is None else tuple(shape)


@strided_slice_grad.kernel
def strided_slice_grad_kernel(
    xp,
    shape,
    begin,
    end,
    strides,
    dy,
    *,
    begin_mask,
    end_mask,
    ellipsis_mask,
    new_axis_mask,
    shrink_axis_mask,
):
    sizes = tuple(shape.tolist())
    planned = run_time_plan(
        sizes, begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    )
    if np.shape(dy) != planned.final_shape:
        raise invalid(
            f"shape of dy was {format_shape(np.shape(dy))} instead of {format_shape(planned.final_shape)}"
        )
    return xp.spread(xp.reshape(dy, planned.read_shape), sizes, planned.slices)


@strided_slice_grad.gradient
def strided_slice_grad_gradient(
    g, d_output, begin, end, strides, *, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
):
    return {
        "dy": g.strided_slice(
            d_output,
            begin,
            end,
            strides,
            begin_mask=begin_mask,
            end_mask=end_mask,
            ellipsis_mask=ellipsis_mask,
            new_axis_mask=new_axis_mask,
            shrink_axis_mask=shrink_axis_mask,
        )
    }


# -- TensorStridedSliceUpdate, StridedSliceAssign, ResourceStridedSliceAssign ------


def replaced(xp, array, begin, end, strides, value, *masks):
    """`array` with `value` at the positions of a strided slice."""
    planned = run_time_plan(np.shape(array), begin, end, strides, *masks)
    if np.shape(value) != planned.final_shape:
        raise errors.UnimplementedError(
            None,
            None,
            f"sliced l-value shape {format_shape(planned.final_shape)} does not match "
            f"r-value shape {format_shape(np.shape(value))}. Automatic broadcasting "
            "not yet implemented.",
        )
    return xp.with_block(array, planned.slices, xp.reshape(value, planned.read_shape))


tensor_strided_slice_update = op("TensorStridedSliceUpdate", static=["begin", "end", "strides"])


@tensor_strided_slice_update.shape
def tensor_strided_slice_update_shape(input):
    return input


@tensor_strided_slice_update.kernel
def tensor_strided_slice_update_kernel(
    xp,
    input,
    begin,
    end,
    strides,
    value,
    *,
    begin_mask,
    end_mask,
    ellipsis_mask,
    new_axis_mask,
    shrink_axis_mask,
):
    return replaced(
        xp,
        input,
        begin,
        end,
        strides,
        value,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
    )


tensor_strided_slice_update.refuse_gradient()


strided_slice_assign = op("StridedSliceAssign", static=["begin", "end", "strides"], updates=["ref"])


@strided_slice_assign.shape
def strided_slice_assign_shape(ref):
    return ref


resource_strided_slice_assign = op(
    "ResourceStridedSliceAssign", static=["begin", "end", "strides"], updates=["ref"]
)


@resource_strided_slice_assign.shape
def resource_strided_slice_assign_shape(ref):
    return []


@strided_slice_assign.kernel
@resource_strided_slice_assign.kernel
def strided_slice_assign_kernel(
    xp,
    ref,
    begin,
    end,
    strides,
    value,
    *,
    begin_mask,
    end_mask,
    ellipsis_mask,
    new_axis_mask,
    shrink_axis_mask,
):
    return replaced(
        xp,
        ref,
        begin,
        end,
        strides,
        value,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
    )


for _assign in (strided_slice_assign, resource_strided_slice_assign):
    _assign.not_differentiable("it writes a variable")
