"""Reading checkpoints without a graph: `tf.train.NewCheckpointReader`."""

from __future__ import annotations

from typing import Any

from perdure.filesystem.files import FILES, text_of
from perdure.formats.checkpoints import open_checkpoint
from perdure.graph.dtypes import DType

__all__ = ["CheckpointReader", "NewCheckpointReader"]


def _key(name: Any) -> bytes:
    return name if isinstance(name, bytes) else text_of(name).encode("utf-8", "surrogateescape")


def _text(key: bytes) -> str:
    return key.decode("utf-8", "surrogateescape")


class CheckpointReader:
    """What a checkpoint contains; its files are closed when nobody refers to it any more.

    Opening a checkpoint of version 2 reads its index only, and one of version 1 its list of tensors.

    Args:
        filename: the prefix of a checkpoint of version 2, or a pattern for the files of one of version 1.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged, or no checkpoint.
    """

    def __init__(self, filename: str | bytes) -> None:
        self._checkpoint = open_checkpoint(FILES, text_of(filename))
        self._tensors: dict[str, tuple[DType, list[int]]] = {
            _text(name): (dtype, list(shape)) for name, dtype, shape in self._checkpoint.tensors()
        }

    def has_tensor(self, tensor_str: str | bytes) -> bool:
        """Whether it has a tensor of this name."""
        return _key(tensor_str) in self._checkpoint

    def get_tensor(self, tensor_str: str | bytes) -> Any:
        """Read a tensor.

        Args:
            tensor_str: its name.

        Returns:
            A new array, or a NumPy scalar; strings are bytes, quantized numbers plain integers.

        Raises:
            NotFoundError: it is not there.
            DataLossError: it is damaged.
        """
        array = self._checkpoint.read(_key(tensor_str))
        if array.dtype.names:
            array = array[array.dtype.names[0]]
        if not array.ndim:
            return array[()]
        return array if array.flags.writeable else array.copy()

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shapes of all tensors, by name."""
        return {name: list(shape) for name, (_, shape) in self._tensors.items()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The types of all tensors, by name."""
        return {name: dtype for name, (dtype, _) in self._tensors.items()}

    def debug_string(self) -> bytes:
        """A line for each tensor, with its type and shape; a tensor in parts has one for each of them."""
        found: bytes = self._checkpoint.debug_string()
        return found


def NewCheckpointReader(filepattern: str | bytes) -> CheckpointReader:
    """Open a checkpoint to read tensors of it.

    Args:
        filepattern: the prefix of a checkpoint of version 2, or a pattern for the files of one of version 1.

    Raises:
        NotFoundError: there is none.
        DataLossError: it is damaged, or no checkpoint.
    """
    return CheckpointReader(filepattern)
