"""Optimizer updates: [Resource][Sparse]Apply*, one formula an algorithm.

A formula takes the variable and its slots, the hyperparameters (scalars) and the gradient, in the
order and by the names of the dense op's signature, and returns the new variable and slots.  The
sparse ops apply it to the rows that `indices` names, one after the other: a row named twice is
updated twice, as in TensorFlow.  `xp.stepped` says which new slots others follow from.  Formulas are
those of TensorFlow's CPU kernels (core/kernels/training_ops.cc).
"""

import numpy as np

from perdure.graph.shapes import format_shape, merge, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import Rule, op
from perdure.ops.traits import MEMORY, TRANSCENDENTAL

# -- shared by the family --------------------------------------------------------------


def define(updates, formula, *op_types, work=MEMORY):
    """Define the ops of one algorithm.

    Args:
        updates: the variable and its slots, which are the formula's first parameters after `xp`.
        formula: the update.
        *op_types: the types of the ops: of references and of handles, dense ones and those for some rows.
        work: what the dense ops are heavy as; of the others, most of the variable is left alone.
    """
    code = formula.__code__
    names = list(code.co_varnames[1 : code.co_argcount])
    attrs = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    for op_type in op_types:
        is_sparse = "SparseApply" in op_type
        if is_sparse:
            definition = op(op_type, updates=updates, rows="indices")
            _define_sparse(definition, formula, names, attrs)
        else:
            definition = op(op_type, updates=updates, work=work)
            _define_dense(definition, formula, names, attrs)
        definition.not_differentiable("it changes a variable")


def _define_dense(definition, formula, names, attrs):
    arguments = list(names)
    if definition.type.endswith("GradientDescent"):
        arguments[arguments.index("grad")] = "delta"
    updates, gradient, scalars = _roles(definition, names)

    def shape(*shapes):
        merged = _merged(shapes, updates, scalars)
        merged = merge(merged, shapes[gradient])
        return merged if "Resource" not in definition.type else []

    def kernel(xp, *values, **given):
        _check_scalars(values, scalars, names)
        _check_slots(values, updates)
        var, grad = np.shape(values[0]), np.shape(values[gradient])
        if var != grad:
            raise invalid(
                "var and grad do not have the same shape" + format_shape(var) + " " + format_shape(grad)
            )
        return formula(xp, *values, **given)

    definition.shape_rule = Rule(shape, tuple(arguments), ())
    definition.kernel_rule = Rule(kernel, tuple(arguments), tuple(attrs))


def _define_sparse(definition, formula, names, attrs):
    updates, gradient, scalars = _roles(definition, names)

    def shape(*shapes):
        merged = _merged(shapes, updates, scalars)
        grad, (count,) = shapes[gradient], with_rank(shapes[-1], 1)
        if grad is not None:
            if not grad:
                raise ValueError("Shape must be at least rank 1 but is rank 0")
            merge_size(count, grad[0])
            merged = merge(merged, (None, *grad[1:]))
        return merged if "Resource" not in definition.type else []

    def kernel(xp, *values, **given):
        *values, indices = values
        _check_scalars(values, scalars, names)
        _check_slots(values, updates)
        _check_rows(xp, np.shape(values[0]), np.shape(values[gradient]), indices)

        def updated_rows(grad, *rows):
            arguments = [*rows, *values[updates:]]
            arguments[gradient] = grad
            updated = formula(xp, *arguments, **given)
            return updated if updates > 1 else (updated,)

        return xp.update_rows(values[:updates], indices, values[gradient], updated_rows)

    arguments = (*names, "indices")
    definition.shape_rule = Rule(shape, arguments, ())
    definition.kernel_rule = Rule(kernel, arguments, tuple(attrs))


def _roles(definition, names):
    """How many of `names` are updated, and where the gradient and the hyperparameters are."""
    updates, gradient = len(definition.updates), names.index("grad")
    return updates, gradient, [i for i in range(updates, len(names)) if i != gradient]


def _merged(shapes, updates, scalars):
    merged = shapes[0]
    for slot in shapes[1:updates]:
        merged = merge(merged, slot)
    for i in scalars:
        with_rank(shapes[i], 0)
    return merged


def _check_scalars(values, scalars, names):
    for i in scalars:
        if np.ndim(values[i]):
            raise invalid(f"{names[i]} is not a scalar: {format_shape(np.shape(values[i]))}")


def _check_slots(values, updates):
    var = np.shape(values[0])
    for slot in values[1:updates]:
        if np.shape(slot) != var:
            raise invalid(
                "var and slot do not have the same shape"
                + format_shape(var)
                + " "
                + format_shape(np.shape(slot))
            )


def _check_rows(xp, var, grad, indices):
    if not var:
        raise invalid("var must be at least 1 dimensional")
    if np.ndim(indices) != 1:
        raise invalid("indices must be one-dimensional")
    if len(var) != len(grad):
        raise invalid(
            f"var and grad must have the same rank, got {format_shape(var)} and {format_shape(grad)}"
        )
    for axis in range(1, len(var)):
        if var[axis] != grad[axis]:
            raise invalid(f"var and grad must match in dimension {axis}")
    if grad[0] != np.shape(indices)[0]:
        raise invalid("grad must be the same size as indices in the first dimension.")
    xp.require(xp.in_range(indices, var[0]), lambda: _first_out_of_range(indices, var[0]))


def _first_out_of_range(indices, limit):
    indices = np.asarray(indices)
    offset = int(np.flatnonzero((indices < 0) | (indices >= limit))[0])
    return f"Index {indices[offset]} at offset {offset} in indices is out of range [0, {limit})"


def _shrunk(xp, value, rate, l1, l2):
    """The proximal step: `rate * l1` towards 0 and not past it, then divided by `1 + rate * l2`."""
    shrunk = xp.sign(value) * xp.maximum(xp.abs(value) - rate * l1, xp.zeros_like(value))
    return xp.where(l1 > 0, shrunk, value) / (1 + l2 * rate)


# -- GradientDescent, ProximalGradientDescent ------------------------------------------


def gradient_descent(xp, var, alpha, grad):
    return var - grad * alpha


define(
    ["var"],
    gradient_descent,
    "ApplyGradientDescent",
    "ResourceApplyGradientDescent",
)


def proximal_gradient_descent(xp, var, alpha, l1, l2, grad):
    return _shrunk(xp, var - grad * alpha, alpha, l1, l2)


define(
    ["var"],
    proximal_gradient_descent,
    "ApplyProximalGradientDescent",
    "ResourceApplyProximalGradientDescent",
    "SparseApplyProximalGradientDescent",
    "ResourceSparseApplyProximalGradientDescent",
)

# -- Momentum, KerasMomentum -----------------------------------------------------------


def momentum_update(xp, var, accum, lr, grad, momentum, *, use_nesterov):
    accum = xp.stepped(accum, accum * momentum + grad)
    if use_nesterov:
        return var - (grad * lr + accum * momentum * lr), accum
    return var - accum * lr, accum


define(
    ["var", "accum"],
    momentum_update,
    "ApplyMomentum",
    "ResourceApplyMomentum",
    "SparseApplyMomentum",
    "ResourceSparseApplyMomentum",
)


def keras_momentum(xp, var, accum, lr, grad, momentum, *, use_nesterov):
    accum = xp.stepped(accum, accum * momentum - grad * lr)
    if use_nesterov:
        return var + (accum * momentum - grad * lr), accum
    return var + accum, accum


define(
    ["var", "accum"],
    keras_momentum,
    "ResourceApplyKerasMomentum",
    "ResourceSparseApplyKerasMomentum",
)

# -- Adagrad, AdagradV2, AdagradDA, ProximalAdagrad ------------------------------------


def adagrad(xp, var, accum, lr, grad, *, update_slots):
    if update_slots:
        accum = xp.stepped(accum, accum + xp.square(grad))
    return var - grad * lr / xp.sqrt(accum), accum


define(
    ["var", "accum"],
    adagrad,
    "ApplyAdagrad",
    "ResourceApplyAdagrad",
    "SparseApplyAdagrad",
    "ResourceSparseApplyAdagrad",
)


def adagrad_v2(xp, var, accum, lr, epsilon, grad, *, update_slots):
    if update_slots:
        accum = xp.stepped(accum, accum + xp.square(grad))
    return var - grad * lr / (xp.sqrt(accum) + epsilon), accum


define(
    ["var", "accum"],
    adagrad_v2,
    "ApplyAdagradV2",
    "ResourceApplyAdagradV2",
    "SparseApplyAdagradV2",
    "ResourceSparseApplyAdagradV2",
)


def adagrad_da(xp, var, gradient_accumulator, gradient_squared_accumulator, grad, lr, l1, l2, global_step):
    step = xp.asarray(global_step).astype(grad.dtype)
    total = gradient_accumulator + grad
    squares = gradient_squared_accumulator + xp.square(grad)
    shrunk = xp.sign(total) * xp.maximum(xp.abs(total) - step * l1, xp.zeros_like(total))
    divisor = l2 * (step * lr) + xp.sqrt(squares)
    return -lr * xp.where(l1 > 0, shrunk, total) / divisor, total, squares


define(
    ["var", "gradient_accumulator", "gradient_squared_accumulator"],
    adagrad_da,
    "ApplyAdagradDA",
    "ResourceApplyAdagradDA",
    "SparseApplyAdagradDA",
    "ResourceSparseApplyAdagradDA",
)


def proximal_adagrad(xp, var, accum, lr, l1, l2, grad):
    accum = xp.stepped(accum, accum + xp.square(grad))
    rate = lr / xp.sqrt(accum)
    return _shrunk(xp, var - grad * rate, rate, l1, l2), accum


define(
    ["var", "accum"],
    proximal_adagrad,
    "ApplyProximalAdagrad",
    "ResourceApplyProximalAdagrad",
    "SparseApplyProximalAdagrad",
    "ResourceSparseApplyProximalAdagrad",
)

# -- Adadelta, RMSProp, CenteredRMSProp ------------------------------------------------


def adadelta(xp, var, accum, accum_update, lr, rho, epsilon, grad):
    accum = accum * rho + xp.square(grad) * (1 - rho)
    update = xp.sqrt(accum_update + epsilon) / xp.sqrt(accum + epsilon) * grad
    return var - update * lr, accum, accum_update * rho + xp.square(update) * (1 - rho)


define(
    ["var", "accum", "accum_update"],
    adadelta,
    "ApplyAdadelta",
    "ResourceApplyAdadelta",
    "SparseApplyAdadelta",
    "ResourceSparseApplyAdadelta",
)


def rms_prop(xp, var, ms, mom, lr, rho, momentum, epsilon, grad):
    ms = xp.stepped(ms, ms + (xp.square(grad) - ms) * (1 - rho))
    mom = xp.stepped(mom, mom * momentum + grad * lr / xp.sqrt(ms + epsilon))
    return var - mom, ms, mom


define(
    ["var", "ms", "mom"],
    rms_prop,
    "ApplyRMSProp",
    "ResourceApplyRMSProp",
    "SparseApplyRMSProp",
    "ResourceSparseApplyRMSProp",
    work=TRANSCENDENTAL,
)


def centered_rms_prop(xp, var, mg, ms, mom, lr, rho, momentum, epsilon, grad):
    ms = xp.stepped(ms, ms + (xp.square(grad) - ms) * (1 - rho))
    mg = xp.stepped(mg, mg + (grad - mg) * (1 - rho))
    mom = xp.stepped(mom, mom * momentum + grad * lr / xp.sqrt(ms - xp.square(mg) + epsilon))
    return var - mom, mg, ms, mom


define(
    ["var", "mg", "ms", "mom"],
    centered_rms_prop,
    "ApplyCenteredRMSProp",
    "ResourceApplyCenteredRMSProp",
    "SparseApplyCenteredRMSProp",
    "ResourceSparseApplyCenteredRMSProp",
    work=TRANSCENDENTAL,
)

# -- Adam, AdamWithAmsgrad, AdaMax -----------------------------------------------------


def adam(xp, var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, *, use_nesterov):
    rate = lr * xp.sqrt(1 - beta2_power) / (1 - beta1_power)
    m = xp.stepped(m, m + (grad - m) * (1 - beta1))
    v = xp.stepped(v, v + (xp.square(grad) - v) * (1 - beta2))
    direction = grad * (1 - beta1) + beta1 * m if use_nesterov else m
    return var - direction * rate / (xp.sqrt(v) + epsilon), m, v


define(
    ["var", "m", "v"],
    adam,
    "ApplyAdam",
    "ResourceApplyAdam",
    work=TRANSCENDENTAL,
)


def adam_with_amsgrad(xp, var, m, v, vhat, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad):
    rate = lr * xp.sqrt(1 - beta2_power) / (1 - beta1_power)
    m = xp.stepped(m, m + (grad - m) * (1 - beta1))
    v = xp.stepped(v, v + (xp.square(grad) - v) * (1 - beta2))
    vhat = xp.stepped(vhat, xp.maximum(vhat, v))
    return var - m * rate / (xp.sqrt(vhat) + epsilon), m, v, vhat


define(
    ["var", "m", "v", "vhat"],
    adam_with_amsgrad,
    "ResourceApplyAdamWithAmsgrad",
    work=TRANSCENDENTAL,
)


def ada_max(xp, var, m, v, beta1_power, lr, beta1, beta2, epsilon, grad):
    m = xp.stepped(m, m + (grad - m) * (1 - beta1))
    v = xp.stepped(v, xp.maximum(beta2 * v, xp.abs(grad)))
    return var - lr / (1 - beta1_power) * (m / (v + epsilon)), m, v


define(
    ["var", "m", "v"],
    ada_max,
    "ApplyAdaMax",
    "ResourceApplyAdaMax",
)

# -- Ftrl, FtrlV2 ----------------------------------------------------------------------


def ftrl(xp, var, accum, linear, grad, lr, l1, l2, lr_power):
    return _ftrl(xp, var, accum, linear, grad, grad, lr, l1, l2, lr_power)


def ftrl_v2(xp, var, accum, linear, grad, lr, l1, l2, l2_shrinkage, lr_power):
    shrinking = grad + 2 * l2_shrinkage * var
    return _ftrl(xp, var, accum, linear, grad, shrinking, lr, l1, l2, lr_power)


def _ftrl(xp, var, accum, linear, grad, shrinking, lr, l1, l2, lr_power):
    new_accum = accum + xp.square(grad)
    new_power, power = new_accum**-lr_power, accum**-lr_power
    linear = linear + shrinking - (new_power - power) / lr * var
    shrunk = (l1 * xp.sign(linear) - linear) / (new_power / lr + 2 * l2)
    return xp.where(xp.abs(linear) > l1, shrunk, xp.zeros_like(var)), new_accum, linear


define(
    ["var", "accum", "linear"],
    ftrl,
    "ApplyFtrl",
    "ResourceApplyFtrl",
    "SparseApplyFtrl",
    "ResourceSparseApplyFtrl",
)
define(
    ["var", "accum", "linear"],
    ftrl_v2,
    "ApplyFtrlV2",
    "ResourceApplyFtrlV2",
    "SparseApplyFtrlV2",
    "ResourceSparseApplyFtrlV2",
)

# -- AddSign, PowerSign ----------------------------------------------------------------


def add_sign(xp, var, m, lr, alpha, sign_decay, beta, grad):
    m = m * beta + grad * (1 - beta)
    return var - lr * (alpha + sign_decay * (xp.sign(grad) * xp.sign(m))) * grad, m


define(
    ["var", "m"],
    add_sign,
    "ApplyAddSign",
    "ResourceApplyAddSign",
)


def power_sign(xp, var, m, lr, logbase, sign_decay, beta, grad):
    m = m * beta + grad * (1 - beta)
    return var - lr * xp.exp(logbase * sign_decay * (xp.sign(grad) * xp.sign(m))) * grad, m


define(
    ["var", "m"],
    power_sign,
    "ApplyPowerSign",
    "ResourceApplyPowerSign",
)
