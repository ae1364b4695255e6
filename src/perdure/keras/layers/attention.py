"""Attention over time steps: Attention and AdditiveAttention."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import expand_dims, ones, ones_like
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.math.binary import greater_equal, logical_and
from perdure.functional.math.cast import cast
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.scans import cumsum
from perdure.functional.math.unary import logical_not, tanh
from perdure.functional.nn.activations import softmax
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import initializers
from perdure.keras.config import floatx
from perdure.keras.engine.layer import Layer


class _DenseAttention(Layer):
    """Means of values, weighted by how well keys go with queries.

    It is called on [query, value] or [query, value, key], of shapes (batch, steps, size), with the masks of
    query and value.

    Args:
        causal: whether a step only sees those before it.
        **kwargs: see `Layer`.
    """

    def __init__(self, causal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.causal = causal
        self.supports_masking = True

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        raise NotImplementedError

    def call(self, inputs: Any, mask: Any = None) -> Any:
        self._check(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        scores = self._calculate_scores(query=query, key=key)
        seen = None if value_mask is None else expand_dims(value_mask, axis=-2)
        if self.causal:
            sizes = shape_op(scores)
            sizes = concat([ones_like(sizes[:-2]), sizes[-2:]], axis=0)
            rows = cumsum(ones(shape=sizes, dtype=dtypes.int32), axis=-2)
            columns = cumsum(ones(shape=sizes, dtype=dtypes.int32), axis=-1)
            before = greater_equal(rows, columns)
            seen = before if seen is None else logical_and(seen, before)
        if seen is not None:
            scores -= 1.0e9 * cast(logical_not(seen), floatx())
        result = matmul(softmax(scores), value)
        if query_mask is not None:
            result *= cast(expand_dims(query_mask, axis=-1), result.dtype)
        return result

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        self._check(inputs, mask)
        if not mask or mask[0] is None:
            return None
        return convert_to_tensor(mask[0])

    def _check(self, inputs: Any, mask: Any) -> None:
        name = type(self).__name__
        if not isinstance(inputs, list):
            raise ValueError(
                f"{name} layer must be called on a list of inputs, namely [query, value] or [query, value, "
                "key]."
            )
        if len(inputs) < 2 or len(inputs) > 3:
            raise ValueError(
                f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, "
                f"key]. Given length: {len(inputs)}"
            )
        if mask and not isinstance(mask, list):
            raise ValueError(f"{name} layer mask must be a list, namely [query_mask, value_mask].")
        if mask and len(mask) != 2:
            raise ValueError(
                f"{name} layer mask must be a list of length 2, namely [query_mask, value_mask]. Given "
                f"length: {len(mask)}"
            )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "causal": self.causal}


class Attention(_DenseAttention):
    """Attention by the products of queries and keys (Luong et al., 2015).

    Args:
        use_scale: whether the scores are multiplied by a variable.
        **kwargs: `causal`, and see `Layer`.
    """

    def __init__(self, use_scale: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Any) -> None:
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                name="scale", shape=(), initializer=initializers.Ones(), dtype=self.dtype, trainable=True
            )
        super().build(input_shape)

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        scores = matmul(query, key, transpose_b=True)
        if self.scale is not None:
            scores *= self.scale
        return scores

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "use_scale": self.use_scale}


class AdditiveAttention(_DenseAttention):
    """Attention by the sums of queries and keys (Bahdanau et al., 2014).

    Args:
        use_scale: whether the sums are weighted by a variable.
        **kwargs: `causal`, and see `Layer`.
    """

    def __init__(self, use_scale: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Any) -> None:
        size = TensorShape(input_shape[1]).as_list()[-1]
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(
                name="scale",
                shape=[size],
                initializer=initializers.GlorotUniform(),
                dtype=self.dtype,
                trainable=True,
            )
        super().build(input_shape)

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        query = expand_dims(query, axis=-2)
        key = expand_dims(key, axis=-3)
        scale: Any = self.scale if self.use_scale else 1.0
        return reduce_sum(scale * tanh(query + key), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "use_scale": self.use_scale}
