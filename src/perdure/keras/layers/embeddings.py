"""Embedding: vectors by number."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.binary import not_equal
from perdure.functional.math.cast import cast
from perdure.functional.nn.embedding import embedding_lookup
from perdure.keras import regularizers
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.utils.structures import shape_type_conversion


class Embedding(Layer):
    """Vectors by number.

    Args:
        input_dim: how many numbers there are.
        output_dim: the size of the vectors.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the variable.
        activity_regularizer: see `Layer`.
        mask_zero: whether time steps with the number 0 do not count.
        input_length: how many time steps there are, if that is fixed.
        **kwargs: see `Layer`.
    """

    embeddings_initializer: Any
    embeddings_regularizer: Any
    embeddings_constraint: Any

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        activity_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        input_length: Any = None,
        **kwargs: Any,
    ) -> None:
        if "input_shape" not in kwargs:
            kwargs["input_shape"] = (input_length,) if input_length else (None,)
        kwargs["autocast"] = False
        super().__init__(dtype=kwargs.pop("dtype", floatx()), **kwargs)
        self.input_dim = input_dim
        self.output_dim = output_dim
        keep(
            self,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
        )
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.input_length = input_length

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            name="embeddings",
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )
        self.built = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return not_equal(inputs, 0) if self.mask_zero else None

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.input_length is None:
            return (*input_shape, self.output_dim)
        given = self.input_length
        lengths = list(given) if isinstance(given, (list, tuple)) else [given]
        found = input_shape[1:]
        fits = len(lengths) == len(found)
        if not fits or any(a not in (b, None) and b is not None for a, b in zip(lengths, found, strict=True)):
            raise ValueError(
                f'"input_length" is {self.input_length}, but received input has shape {input_shape}'
            )
        sizes = [b if a is None else a for a, b in zip(lengths, found, strict=True)]
        return (input_shape[0], *sizes, self.output_dim)

    def call(self, inputs: Any) -> Any:
        if inputs.dtype.base_dtype.name not in ("int32", "int64"):
            inputs = cast(inputs, "int32")
        return embedding_lookup(self.embeddings, inputs)

    def get_config(self) -> dict[str, Any]:
        own = described(
            self,
            "input_dim",
            "output_dim",
            "embeddings_initializer",
            "embeddings_regularizer",
            "activity_regularizer",
            "embeddings_constraint",
            "mask_zero",
            "input_length",
        )
        return {**super().get_config(), **own}
