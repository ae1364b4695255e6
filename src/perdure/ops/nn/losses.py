"""Softmax cross entropy against distributions and against class labels.

Both ops return the loss of each row and, as a second output, its gradient by the logits.
"""

import numpy as np

from perdure.graph import shapes
from perdure.graph.constants import constant_value
from perdure.graph.shapes import format_shape, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.activations import shifted
from perdure.ops.registry import op
from perdure.ops.traits import TRANSCENDENTAL

# -- shared by the family ---------------------------------------------------------


def scale_rows(g, scale, rows):
    """`rows` times one number per row."""
    return g.expand_dims(scale, -1) * rows


def is_zero(tensor):
    """Whether a gradient says that nothing comes in."""
    if tensor.op.type in ("ZerosLike", "Zeros"):
        return True
    value = constant_value(tensor)
    return value is not None and bool((value == 0).all())


# -- SoftmaxCrossEntropyWithLogits ------------------------------------------------

softmax_cross_entropy = op("SoftmaxCrossEntropyWithLogits", work=TRANSCENDENTAL)


@softmax_cross_entropy.shape
def softmax_cross_entropy_shape(features, labels):
    if (features is None or len(features) == 2) and labels is None:
        features = labels = with_rank(features, 2)
    elif features is None and len(labels) == 2:
        features = labels
    shape = shapes.broadcast(features, labels)
    if shape is None:
        raise ValueError("Shape must be broadcasted with rank 2, but is rank unknown")
    if len(shape) != 2:
        raise ValueError(f"Shape must be broadcasted with rank 2, but is rank {len(shape)}")
    return [shape[:1], shape]


@softmax_cross_entropy.kernel
def softmax_cross_entropy_kernel(xp, features, labels):
    shape = features.shape
    if features.shape != labels.shape:
        try:
            shape = np.broadcast_shapes(features.shape, labels.shape)
        except ValueError:
            raise invalid(
                "logits and labels must be broadcastable: logits_size="
                f"{format_shape(features.shape)} labels_size={format_shape(labels.shape)}"
            ) from None
    if len(shape) != 2:
        raise invalid("logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional")
    rows = xp.broadcast_to(shifted(xp, features), shape)
    weights = xp.broadcast_to(labels, shape).astype(rows.dtype)
    exponents = xp.exp(rows)
    total = xp.sum(exponents, axis=1, keepdims=True)
    loss = xp.sum(weights * (xp.log(total) - rows), axis=1)
    backprop = exponents / total - weights
    return loss.astype(features.dtype), backprop.astype(features.dtype)


@softmax_cross_entropy.gradient
def softmax_cross_entropy_gradient(g, d_loss, d_backprop, features, backprop):
    d_features = scale_rows(g, d_loss, backprop)
    if d_backprop is not None and not is_zero(d_backprop):
        # The derivative of the second output, softmax - labels, is that of softmax.
        softmax = g.softmax(features)
        projected = g.squeeze(g.matmul(g.expand_dims(d_backprop, 1), g.expand_dims(softmax, 2)), axis=1)
        d_features += (d_backprop - projected) * softmax
    return {
        "features": d_features,
        "labels": scale_rows(g, d_loss, -g.log_softmax(features)),
    }


# -- SparseSoftmaxCrossEntropyWithLogits ------------------------------------------

sparse_softmax_cross_entropy = op("SparseSoftmaxCrossEntropyWithLogits", work=TRANSCENDENTAL)

NO_SECOND_ORDER = (
    "Currently there is no way to take the second derivative of "
    "sparse_softmax_cross_entropy_with_logits due to the fused implementation's interaction with "
    "tf.gradients()"
)


@sparse_softmax_cross_entropy.shape
def sparse_softmax_cross_entropy_shape(features, labels):
    features, (batch,) = with_rank(features, 2), with_rank(labels, 1)
    batch = merge_size(features[0], batch)
    return [(batch,), (batch, features[1])]


@sparse_softmax_cross_entropy.kernel
def sparse_softmax_cross_entropy_kernel(xp, features, labels):
    if features.ndim != 2:
        raise invalid(f"logits must be 2-D, but got shape {format_shape(features.shape)}")
    if labels.ndim != 1:
        raise invalid(f"labels must be 1-D, but got shape {format_shape(labels.shape)}")
    if features.shape[0] != labels.shape[0]:
        raise invalid(
            "logits and labels must have the same first dimension, got logits shape "
            f"{format_shape(features.shape)} and labels shape {format_shape(labels.shape)}"
        )
    classes = features.shape[1]
    if classes == 0:
        raise invalid(f"Must have at least one class, but got logits shape {format_shape(features.shape)}")

    def bad_label():
        values = np.asarray(labels)
        wrong = values[(values < 0) | (values >= classes)][0]
        return (
            f"Received a label value of {wrong} which is outside the valid range of "
            f"[0, {classes}).  Label values: {' '.join(map(str, values.tolist()))}"
        )

    xp.require(xp.in_range(labels, classes), bad_label)
    wide = features.astype(np.float32) if features.dtype.itemsize == 2 else features
    loss, backprop = xp.class_losses(wide, labels)
    return loss.astype(features.dtype, copy=False), backprop.astype(features.dtype, copy=False)


@sparse_softmax_cross_entropy.gradient
def sparse_softmax_cross_entropy_gradient(g, d_loss, backprop):
    once = g.prevent_gradient(backprop, message=NO_SECOND_ORDER)
    return {"features": scale_rows(g, d_loss, once)}
