"""Samples of classes, and the losses of classifiers that see only a sample of many classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.joining import concat, stack
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math import binary, cast, unary
from perdure.functional.math.products import matmul
from perdure.functional.nn.embedding import embedding_lookup
from perdure.functional.nn.losses import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
)
from perdure.functional.random.random import seeds_of
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

# -- samplers ---------------------------------------------------------------------


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Draw classes that are all equally likely.

    Args:
        true_classes: int64 (batch, num_true), the right classes of each example.
        num_true: how many classes are right for an example.
        num_sampled: how many classes to draw.
        unique: whether no class may be drawn twice.
        range_max: the number of classes.
        seed: makes the draws repeatable.
        name: the name of the op.

    Returns:
        The candidates, int64 (num_sampled,); and how often the true classes, (batch, num_true), and the
        candidates, (num_sampled,), are expected in such a sample.
    """
    return g.uniform_candidate_sampler(
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **seeds_of(seed),
    )


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Draw classes by Zipf's law, for classes sorted by decreasing frequency.

    Class i has the probability `log((i + 2) / (i + 1)) / log(range_max + 1)`.

    Args:
        true_classes, num_true, num_sampled, unique, range_max, seed, name: as for
            `uniform_candidate_sampler`.

    Returns:
        What `uniform_candidate_sampler` returns.
    """
    return g.log_uniform_candidate_sampler(
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **seeds_of(seed),
    )


def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Draw classes in proportion to how often they were true classes in the session so far, plus 1.

    Args:
        true_classes, num_true, num_sampled, unique, range_max, seed, name: as for
            `uniform_candidate_sampler`.

    Returns:
        What `uniform_candidate_sampler` returns.
    """
    return g.learned_unigram_candidate_sampler(
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        name=name,
        **seeds_of(seed),
    )


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = (),
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Draw classes in proportion to weights, from a file or a list.

    Args:
        true_classes, num_true, num_sampled, unique, range_max: as for `uniform_candidate_sampler`.
        vocab_file: a file with a line for each class, whose last field after a comma is the weight.
        distortion: the power to which weights are raised; 0 makes all classes equally likely.
        num_reserved_ids: how many classes before those of the file or list have the weight 0.
        num_shards: how many samplers share the classes.
        shard: which of them this is.
        unigrams: the weights, instead of a file.
        seed: makes the draws repeatable.
        name: the name of the op.

    Returns:
        What `uniform_candidate_sampler` returns.
    """
    return g.fixed_unigram_candidate_sampler(
        true_classes,
        num_true=num_true,
        num_sampled=num_sampled,
        unique=unique,
        range_max=range_max,
        vocab_file=vocab_file,
        distortion=distortion,
        num_reserved_ids=num_reserved_ids,
        num_shards=num_shards,
        shard=shard,
        unigrams=list(unigrams),
        name=name,
        **seeds_of(seed),
    )


def all_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """All classes, in order, each expected once: for tests.

    Args:
        true_classes, num_true: as for `uniform_candidate_sampler`.
        num_sampled: the number of classes.
        unique: without effect.
        seed: without effect on the numbers.
        name: the name of the op.

    Returns:
        What `uniform_candidate_sampler` returns.
    """
    return g.all_candidate_sampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, name=name, **seeds_of(seed)
    )


def compute_accidental_hits(
    true_classes: Any,
    sampled_candidates: Any,
    num_true: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Where candidates are true classes of an example.

    Args:
        true_classes: int64 (batch, num_true).
        sampled_candidates: int64 (n,).
        num_true: how many classes are right for an example.
        seed: without effect on the numbers.
        name: the name of the op.

    Returns:
        For each hit the number of the example, int32, that of the candidate, int64, and the lowest float32
        number, which takes the candidate away when it is added to its logit.
    """
    return g.compute_accidental_hits(
        true_classes, sampled_candidates, num_true=num_true, name=name, **seeds_of(seed)
    )


# -- losses -----------------------------------------------------------------------


def sum_rows(x: Tensor) -> Tensor:
    """The sum of each row of a matrix, as a product, whose gradient is another."""
    columns = array.shape(x)[1]
    ones = array.ones(stack([columns, 1]), x.dtype)
    return array.reshape(matmul(x, ones), [-1])


def compute_sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    subtract_log_q: bool = True,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Logits of the true classes and of sampled ones, and the labels that belong to them.

    Args:
        weights: (num_classes, size), or a list of the parts of such a table.
        biases: (num_classes,), or parts.
        labels: int64 (batch, num_true), the true classes.
        inputs: (batch, size).
        num_sampled: how many classes to draw.
        num_classes: the number of classes.
        num_true: how many classes are right for an example.
        sampled_values: what a sampler returned; by default classes are drawn by Zipf's law.
        subtract_log_q: whether to correct the logits for how often their classes are drawn.
        remove_accidental_hits: whether to take away candidates that are true classes of an example.
        partition_strategy: "mod" or "div", as for `embedding_lookup`.
        name: the name of the scope.
        seed: makes the draws repeatable.

    Returns:
        Logits and labels, (batch, num_true + num_sampled).
    """
    if hasattr(weights, "_get_variable_list"):  # a partitioned variable
        weights = list(weights)
    if not isinstance(weights, list):
        weights = [weights]
    with name_scope(name, "compute_sampled_logits", [*weights, biases, inputs, labels]):
        if labels.dtype != dtypes.int64:
            labels = cast.cast(labels, dtypes.int64)
        flat_labels = array.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                labels, num_true, num_sampled, unique=True, range_max=num_classes, seed=seed
            )
        sampled, true_count, sampled_count = (array.stop_gradient(value) for value in sampled_values)
        sampled = cast.cast(sampled, dtypes.int64)
        # One look-up for both, so that the table has one sparse gradient.
        classes = concat([flat_labels, sampled], 0)
        rows = _rows(weights, classes, partition_strategy, inputs)
        true_rows = slice_of(rows, [0, 0], stack([array.shape(flat_labels)[0], -1]))
        sampled_rows = slice_of(rows, stack([array.shape(flat_labels)[0], 0]), [-1, -1])
        sampled_logits = matmul(inputs, sampled_rows, transpose_b=True)
        class_biases = _rows(biases, classes, partition_strategy, inputs)
        true_biases = slice_of(class_biases, [0], array.shape(flat_labels))
        sampled_biases = slice_of(class_biases, array.shape(flat_labels), [-1])

        size = array.shape(true_rows)[1:2]
        by_example = concat([[-1, num_true], size], 0)
        products = binary.multiply(array.expand_dims(inputs, 1), array.reshape(true_rows, by_example))
        dots = sum_rows(array.reshape(products, concat([[-1], size], 0)))
        true_logits = array.reshape(dots, [-1, num_true])
        true_biases = array.reshape(true_biases, [-1, num_true])
        true_logits += true_biases
        sampled_logits += sampled_biases
        if remove_accidental_hits:
            sampled_logits += _removal(labels, sampled, num_true, num_sampled, sampled_logits.dtype)
        if subtract_log_q:
            true_logits -= unary.log(true_count)
            sampled_logits -= unary.log(sampled_count)
        logits = concat([true_logits, sampled_logits], 1)
        # The true classes of an example share a probability of 1.
        probabilities = concat([array.ones_like(true_logits) / num_true, array.zeros_like(sampled_logits)], 1)
        return logits, probabilities


def _rows(params: Any, ids: Tensor, partition_strategy: str, inputs: Any) -> Tensor:
    rows = embedding_lookup(params, ids, partition_strategy=partition_strategy)
    return rows if rows.dtype == inputs.dtype else cast.cast(rows, inputs.dtype)


def _removal(labels: Tensor, sampled: Tensor, num_true: int, num_sampled: int, dtype: Any) -> Tensor:
    """What to add to the logits of candidates, (batch, num_sampled), to take accidental hits away."""
    examples, places, weights = compute_accidental_hits(labels, sampled, num_true=num_true)
    examples = array.reshape(examples, [-1, 1])
    places = array.reshape(cast.cast(places, dtypes.int32), [-1, 1])
    indices = concat([examples, places], 1, "sparse_indices")
    shape = concat([array.shape(labels)[:1], array.expand_dims(num_sampled, 0)], 0)
    if dtype != weights.dtype:
        weights = cast.cast(weights, dtype)
    return g.sparse_to_dense(indices, shape, weights, default_value=0.0, validate_indices=False)


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Tensor:
    """The loss of noise-contrastive estimation (Gutmann and Hyvärinen, 2010).

    Args:
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, partition_strategy, name: as for `compute_sampled_logits`.

    Returns:
        The loss of each example, (batch,).
    """
    logits, labels = compute_sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
    )
    losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="sampled_losses")
    return sum_rows(losses)


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss",
    seed: int | None = None,
) -> Tensor:
    """The cross entropy of a softmax over true classes and drawn ones (Jean et al., 2014).

    Args:
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, partition_strategy, name, seed: as for `compute_sampled_logits`.

    Returns:
        The loss of each example, (batch,).
    """
    logits, labels = compute_sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
        seed=seed,
    )
    labels = array.stop_gradient(labels, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
