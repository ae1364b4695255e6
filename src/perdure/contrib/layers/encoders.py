"""Sequences of symbols as vectors: `embed_sequence`."""

from __future__ import annotations

from typing import Any

from perdure.contrib.framework.variables import model_variable
from perdure.functional.array import searching
from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather
from perdure.functional.array.joining import concat
from perdure.functional.math.reductions import reduce_prod
from perdure.functional.nn.embedding import embedding_lookup
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.variables.variable_scope import variable_scope


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: bool | None = None,
) -> Tensor:
    """The row of each symbol in a table of embeddings.

    Args:
        ids: symbols, [batch size, length] of integers.
        vocab_size, embed_dim: the shape of the table; not needed where it is shared.
        unique: whether each symbol is looked up once.
        initializer, regularizer, trainable: see `tf.get_variable`.
        scope: the variable scope.
        reuse: whether the table of that scope is shared.

    Returns:
        [batch size, length, embed_dim].

    Raises:
        ValueError: a new table without a shape.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. Got "
            f"vocab_size={vocab_size} and embed_dim={embed_dim}"
        )
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        is_known = embed_dim is not None and not (reuse and vocab_size is None)
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim] if is_known else None,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        lookup = embedding_lookup_unique if unique else embedding_lookup
        return lookup(embeddings, ids)


def embedding_lookup_unique(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Tensor:
    """`tf.nn.embedding_lookup`, with each symbol looked up once.

    Args:
        params, ids, partition_strategy: see `tf.nn.embedding_lookup`.
        name: the name scope.
    """
    with name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = convert_to_tensor(ids)
        sizes = shape_op(ids)
        flat = reshape(ids, reduce_prod(sizes, keepdims=True))
        symbols, places = searching.unique(flat)
        rows = embedding_lookup(params, symbols, partition_strategy)
        found = gather(rows, places)
        outputs = reshape(found, concat([sizes, shape_op(rows)[1:]], 0))
        outputs.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return outputs
