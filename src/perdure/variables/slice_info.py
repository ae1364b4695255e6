"""`Variable.SaveSliceInfo`: which part of a larger variable a variable is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.graph.scopes import prepend_name_scope, strip_name_scope


def check_message(message: Any, kind: str) -> None:
    """Refuse what is no message of a kind.

    Raises:
        AssertionError: it is not, as in TensorFlow.
    """
    from perdure.formats import messages  # protobuf, which few programs need

    if not isinstance(message, getattr(messages, kind)):
        raise AssertionError(f"not a {kind}: {message!r}")


class SaveSliceInfo:
    """Which part of a larger variable this one is, so that savers store it as a slice of that.

    Args:
        full_name: the name of the larger variable.
        full_shape: its shape.
        var_offset: where the part starts, an index for each axis.
        var_shape: the shape of the part.
        save_slice_info_def: a `SaveSliceInfoDef` to take all of this from instead.
        import_scope: a name scope to put before the name in that message.
    """

    full_name: Any
    full_shape: Any
    var_offset: Any
    var_shape: Any

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Sequence[int] | None = None,
        var_offset: Sequence[int] | None = None,
        var_shape: Sequence[int] | None = None,
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if save_slice_info_def:
            check_message(save_slice_info_def, "SaveSliceInfoDef")
            self.full_name = prepend_name_scope(save_slice_info_def.full_name, import_scope)
            self.full_shape = list(save_slice_info_def.full_shape)
            self.var_offset = list(save_slice_info_def.var_offset)
            self.var_shape = list(save_slice_info_def.var_shape)
        else:
            self.full_name = full_name
            self.full_shape = full_shape
            self.var_offset = var_offset
            self.var_shape = var_shape

    @property
    def spec(self) -> str:
        """The description that is stored in a checkpoint: `"10 4 0,5:0,4"` is the first half of 10 rows."""
        sizes = "".join(f"{size} " for size in self.full_shape)
        extents = zip(self.var_offset, self.var_shape, strict=False)
        return sizes + ":".join(f"{offset},{size}" for offset, size in extents)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """This as a `SaveSliceInfoDef`.

        Args:
            export_scope: a name scope to take away from the name.

        Returns:
            The message, or None if the variable is outside the scope.
        """
        from perdure.formats.messages import SaveSliceInfoDef  # protobuf, which few programs need

        if export_scope is not None and not self.full_name.startswith(export_scope):
            return None
        return SaveSliceInfoDef(
            full_name=strip_name_scope(self.full_name, export_scope),
            full_shape=self.full_shape,
            var_offset=self.var_offset,
            var_shape=self.var_shape,
        )
