"""Tensors that a session keeps between steps: GetSessionHandle, GetSessionTensor, DeleteSessionTensor.

Names of inputs, outputs and attributes are rows of the signature table.
"""

from perdure.graph.errors import InternalError
from perdure.ops.registry import op
from perdure.resources.kept_tensors import KeptTensors


def get_session_handle_shape(value):
    return ()


def get_session_handle_kernel(xp, value, *, obtain, node_name, device):
    return obtain().keep(node_name, value, device)


for _get_handle in (
    op("GetSessionHandle", host=True, makes=KeptTensors),
    op("GetSessionHandleV2", host=True, makes=KeptTensors),
):
    _get_handle.shape(get_session_handle_shape)
    _get_handle.kernel(get_session_handle_kernel)
    _get_handle.not_differentiable("returns a handle")

get_session_tensor = op("GetSessionTensor", host=True, makes=KeptTensors)


@get_session_tensor.shape
def get_session_tensor_shape(handle):
    return None


@get_session_tensor.kernel
def get_session_tensor_kernel(xp, handle, *, dtype, obtain):
    value = obtain().get(handle)
    if value.dtype != dtype.as_numpy_dtype:
        raise InternalError(
            None,
            None,
            f"Output 0 of type {value.dtype} does not match declared output type {dtype.name} for node",
        )
    return value


get_session_tensor.not_differentiable("reads what an earlier step computed")

delete_session_tensor = op("DeleteSessionTensor", host=True, makes=KeptTensors)


@delete_session_tensor.shape
def delete_session_tensor_shape(handle):
    return []


@delete_session_tensor.kernel
def delete_session_tensor_kernel(xp, handle, *, obtain):
    obtain().delete(handle)
    return []


delete_session_tensor.not_differentiable("it changes what the session keeps")
