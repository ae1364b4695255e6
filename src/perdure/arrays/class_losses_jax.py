"""Losses of classes; `class_losses_numpy` says what the functions do."""

import jax.numpy as jnp


def class_losses(logits, labels):
    """Softmax cross entropy of each row of logits, and its gradient by them; all steps are fused."""
    classes = logits.shape[1]
    rows = logits - jnp.max(logits, axis=1, keepdims=True)
    exponents = jnp.exp(rows)
    total = jnp.sum(exponents, axis=1, keepdims=True)
    column = jnp.clip(labels, 0, classes - 1)[:, None]
    loss = jnp.log(total) - jnp.take_along_axis(rows, column, axis=1)
    hits = column == jnp.arange(classes, dtype=labels.dtype)
    return loss[:, 0], exponents / total - hits
