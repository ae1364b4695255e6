"""Variables changed or read at indices: Scatter*, ScatterNd*, ResourceScatter*, ResourceGather*."""

import numpy as np

from perdure.graph import dtypes
from perdure.graph.composite import IndexedSlices
from perdure.graph.shapes import concat_shapes, format_shape, merge, with_rank_at_least
from perdure.ops.array.gathering import (
    gathered,
    gathered_nd,
    gathered_nd_shape,
    gathered_shape,
    scattered,
    scattered_gradient,
)
from perdure.ops.checks import invalid, require_indices
from perdure.ops.registry import op

# -- Scatter*, ResourceScatter* ---------------------------------------------------


def check_updates_shape(variable, indices, updates):
    """ValueError unless updates have the shape of indices followed by a row, or are a scalar."""
    if variable is not None and indices is not None and updates:
        merge(updates, concat_shapes(indices, variable[1:]))


def changed_rows(xp, variable, indices, updates, how):
    shape, row = np.shape(updates), np.shape(variable)[1:]
    if np.ndim(variable) < 1:
        raise invalid(f"params must be at least 1-D, got shape {format_shape(())}")
    if shape and shape != np.shape(indices) + row:
        raise invalid(
            "Must have updates.shape = indices.shape + params.shape[1:] or "
            f"updates.shape = [], got updates.shape {format_shape(shape)}, "
            f"indices.shape {format_shape(np.shape(indices))}, "
            f"params.shape {format_shape(np.shape(variable))}"
        )
    require_indices(xp, indices, np.shape(variable)[0])
    if how in ("min", "max") and updates.dtype.kind in "fV":
        # A NaN is no reason to change what is there; one that is there stays.
        never = np.asarray(np.inf if how == "min" else -np.inf, updates.dtype)
        updates = xp.where(xp.isnan(updates), never, updates)
    return xp.scatter_rows(variable, indices, updates, how)


def ref_scatter(type, how):
    """Define an op that changes rows of a reference variable."""
    scatter = op(type, updates=["ref"], rows="indices")

    @scatter.shape
    def scatter_shape(ref, indices, updates):
        check_updates_shape(ref, indices, updates)
        return ref

    @scatter.kernel
    def scatter_kernel(xp, ref, indices, updates):
        return changed_rows(xp, ref, indices, updates, how)

    if how in ("update", "min", "max"):
        scatter.refuse_gradient()
    else:
        scatter.not_differentiable("it writes a variable")


def resource_scatter(type, how):
    """Define an op that changes rows of a resource variable."""
    scatter = op(type, updates=["resource"], rows="indices")

    @scatter.shape
    def resource_scatter_shape(resource, indices, updates):
        check_updates_shape(resource, indices, updates)
        return []

    @scatter.kernel
    def resource_scatter_kernel(xp, resource, indices, updates):
        return changed_rows(xp, resource, indices, updates, how)

    scatter.not_differentiable("it writes a variable")


ref_scatter("ScatterUpdate", "update")
ref_scatter("ScatterAdd", "add")
ref_scatter("ScatterSub", "sub")
ref_scatter("ScatterMul", "mul")
ref_scatter("ScatterDiv", "div")
ref_scatter("ScatterMin", "min")
ref_scatter("ScatterMax", "max")
resource_scatter("ResourceScatterUpdate", "update")
resource_scatter("ResourceScatterAdd", "add")
resource_scatter("ResourceScatterSub", "sub")
resource_scatter("ResourceScatterMul", "mul")
resource_scatter("ResourceScatterDiv", "div")
resource_scatter("ResourceScatterMin", "min")
resource_scatter("ResourceScatterMax", "max")

# -- ScatterNd*, ResourceScatterNd* -----------------------------------------------


def changed_places(xp, variable, indices, updates, how):
    shape, index_shape, update_shape = np.shape(variable), np.shape(indices), np.shape(updates)
    if not shape:
        raise invalid("Output must be at least 1-D, got shape: []")
    if not index_shape:
        raise invalid("Indices shape must have rank at least one. Found:[]")
    if not update_shape:
        raise invalid("Updates shape must have rank at least one. Found:[]")
    depth, outer = index_shape[-1], len(index_shape) - 1
    if update_shape[0] != index_shape[0]:
        raise invalid(
            "The outermost dimension of updates and indices must match. Got "
            f"indices.shape {format_shape(index_shape)}, "
            f"updates.shape {format_shape(update_shape)}"
        )
    if depth > len(shape) or update_shape != index_shape[:-1] + shape[depth:]:
        raise invalid(
            "Must have updates.shape = indices.shape[:batch_dim] + "
            f"params_shape[slice_dim:], got updates.shape: "
            f"{format_shape(update_shape)}, indices.shape: {format_shape(index_shape)}, "
            f"params_shape: {format_shape(shape)}, slice_dim: {depth}, "
            f"and batch_dim: {outer}"
        )
    return scattered(xp, variable, indices, updates, how)


def check_places_shape(variable, indices, updates):
    """ValueError unless updates have the outer shape of indices followed by what they name."""
    for shape in (variable, indices, updates):
        with_rank_at_least(shape, 1)
    if variable is None or updates is None or not indices or indices[-1] is None:
        return
    merge(indices[:-1], updates[: len(indices) - 1])
    merge(variable[indices[-1] :], updates[len(indices) - 1 :])


def nd_scatter(type, how):
    """Define an op that changes places of a variable that are named by several indices."""
    scatter_nd = op(type, updates=["ref"])

    @scatter_nd.shape
    def scatter_nd_shape(ref, indices, updates):
        check_places_shape(ref, indices, updates)
        return [] if type.startswith("Resource") else ref

    @scatter_nd.kernel
    def scatter_nd_kernel(xp, ref, indices, updates):
        return changed_places(xp, ref, indices, updates, how)

    scatter_nd.not_differentiable("it writes a variable")


nd_scatter("ScatterNdUpdate", "update")
nd_scatter("ScatterNdAdd", "add")
nd_scatter("ScatterNdSub", "sub")
nd_scatter("ResourceScatterNdUpdate", "update")
nd_scatter("ResourceScatterNdAdd", "add")
nd_scatter("ResourceScatterNdSub", "sub")

# -- ResourceGather, ResourceGatherNd ---------------------------------------------

resource_gather = op("ResourceGather", reads=["resource"])


@resource_gather.shape
def resource_gather_shape(resource, indices, *, batch_dims):
    return gathered_shape(resource, indices, batch_dims, batch_dims)


@resource_gather.kernel
def resource_gather_kernel(xp, resource, indices, *, batch_dims):
    return gathered(xp, resource, indices, batch_dims, batch_dims)


def shape_of_variable(g, resource):
    """The shape of the variable behind a handle: a constant if it is known."""
    op_of_handle = resource.op
    if op_of_handle.type == "VarHandleOp":
        shape = op_of_handle.attrs["shape"]
        if shape is not None and None not in shape:
            return g.constant(shape, dtype=dtypes.int32)
    return g.variable_shape(resource, out_type=dtypes.int32)


@resource_gather.gradient
def resource_gather_gradient(g, d_output, resource, indices):
    shape = shape_of_variable(g, resource)
    size = g.expand_dims(g.size(indices), 0)
    values = g.reshape(d_output, g.concat([size, shape[1:]], 0))
    indices = g.reshape(indices, size)
    return {"resource": IndexedSlices(values, indices, shape)}


resource_gather_nd = op("ResourceGatherNd", reads=["resource"])


@resource_gather_nd.shape
def resource_gather_nd_shape(resource, indices):
    return gathered_nd_shape(resource, indices)


@resource_gather_nd.kernel
def resource_gather_nd_kernel(xp, resource, indices):
    return gathered_nd(xp, resource, indices)


@resource_gather_nd.gradient
def resource_gather_nd_gradient(g, d_output, resource, indices):
    shape = g.variable_shape(resource, out_type=indices.dtype)
    return {"resource": scattered_gradient(g, d_output, indices, shape)}
