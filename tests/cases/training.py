"""Cases of the optimizer updates: every algorithm, dense and sparse, on both kinds of variables."""

import numpy as np

from tests.cases import Case
from tests.draws import normal, uniform

SHAPE = (5, 3)
# Row 2 comes twice: it must be updated twice, in order.
ROWS = np.array([2, 0, 2, 4], "i4")

# Algorithm -> number of slots, hyperparameters by name, attrs to try, and the kinds of its ops.
DENSE = ("", "Resource")
ALL = ("", "Resource", "Sparse", "ResourceSparse")
ALGORITHMS = {
    "GradientDescent": (0, dict(alpha=0.3), [{}], DENSE),
    "ProximalGradientDescent": (0, dict(alpha=0.3, l1=0.2, l2=0.1), [{}], ALL),
    "Momentum": (1, dict(lr=0.3, momentum=0.9), [{}, {"use_nesterov": True}], ALL),
    "KerasMomentum": (
        1,
        dict(lr=0.3, momentum=0.9),
        [{}, {"use_nesterov": True}],
        ("Resource", "ResourceSparse"),
    ),
    "Adagrad": (1, dict(lr=0.3), [{}, {"update_slots": False}], ALL),
    "AdagradV2": (1, dict(lr=0.3, epsilon=0.01), [{}, {"update_slots": False}], ALL),
    "AdagradDA": (2, dict(lr=0.3, l1=0.2, l2=0.1, global_step=3), [{}], ALL),
    "ProximalAdagrad": (1, dict(lr=0.3, l1=0.2, l2=0.1), [{}], ALL),
    "Adadelta": (2, dict(lr=0.3, rho=0.95, epsilon=0.01), [{}], ALL),
    "RMSProp": (2, dict(lr=0.3, rho=0.9, momentum=0.8, epsilon=0.01), [{}], ALL),
    "CenteredRMSProp": (3, dict(lr=0.3, rho=0.9, momentum=0.8, epsilon=2.0), [{}], ALL),
    "Adam": (
        2,
        dict(beta1_power=0.81, beta2_power=0.98, lr=0.3, beta1=0.9, beta2=0.99, epsilon=0.01),
        [{}, {"use_nesterov": True}],
        DENSE,
    ),
    "AdamWithAmsgrad": (
        3,
        dict(beta1_power=0.81, beta2_power=0.98, lr=0.3, beta1=0.9, beta2=0.99, epsilon=0.01),
        [{}],
        ("Resource",),
    ),
    "AdaMax": (2, dict(beta1_power=0.81, lr=0.3, beta1=0.9, beta2=0.99, epsilon=0.01), [{}], DENSE),
    "Ftrl": (2, dict(lr=0.3, l1=0.2, l2=0.1, lr_power=-0.5), [{}], ALL),
    "FtrlV2": (2, dict(lr=0.3, l1=0.2, l2=0.1, l2_shrinkage=0.3, lr_power=-0.5), [{}], ALL),
    "AddSign": (1, dict(lr=0.3, alpha=1.0, sign_decay=0.9, beta=0.9), [{}], DENSE),
    "PowerSign": (1, dict(lr=0.3, logbase=1.0, sign_decay=0.9, beta=0.9), [{}], DENSE),
}
# Inputs in the order of the signature, where the gradient does not come last.
GRADIENT_BEFORE = {
    "Momentum": "momentum",
    "KerasMomentum": "momentum",
    "AdagradDA": "lr",
    "Ftrl": "lr",
    "FtrlV2": "lr",
}


def case(kind, algorithm, attrs, name, dtype="f4", shape=SHAPE, rows=ROWS, changes=None, **options):
    """One case; `changes` replaces hyperparameters, "grad" or "slots"."""
    slots, hyper, _, _ = ALGORITHMS[algorithm]
    changes = changes or {}
    sparse = "Sparse" in kind
    grad = changes.get("grad", normal(*((len(rows),) + shape[1:] if sparse else shape), dtype=dtype))
    inputs = [normal(*shape, dtype=dtype)]
    # Slots of squares must not be negative.
    inputs += [uniform(0.1, 2, shape, dtype) for _ in range(slots)]
    if "slot" in changes:
        inputs[-1] = changes["slot"]
    gradient = [grad] + ([rows] if sparse else [])
    before = GRADIENT_BEFORE.get(algorithm)
    for key, value in hyper.items():
        if key == before:
            inputs += gradient
        value = changes.get(key, value)
        inputs.append(np.asarray(value, "i8" if key == "global_step" else dtype))
    if before is None:
        inputs += gradient
    return Case(kind + "Apply" + algorithm, inputs, attrs, id=name, **options)


def every():
    for algorithm, (_, hyper, variants, kinds) in ALGORITHMS.items():
        for kind in kinds:
            for attrs in variants:
                name = "-".join(["plain"] + sorted(attrs))
                yield case(kind, algorithm, attrs, name)
            double = kind in ("Resource", "Sparse")
            if double:
                yield case(kind, algorithm, {}, "double", "f8")
            if "l1" in hyper and kind in ("", "Sparse"):
                yield case(kind, algorithm, {}, "no-l1", changes={"l1": 0.0})
                yield case(kind, algorithm, {}, "no-l1-l2", changes={"l1": 0.0, "l2": 0.0})
            if "lr_power" in hyper and kind in ("", "Sparse"):
                yield case(kind, algorithm, {}, "other-power", changes={"lr_power": -0.7})


CASES = list(every())

HALF = {"rtol": 1e-2, "atol": 1e-2}
CASES += [
    case("", "GradientDescent", {}, "half", "f2", **HALF),
    case("", "GradientDescent", {"use_locking": True}, "locking"),
    case("", "GradientDescent", {}, "scalar", shape=()),
    case("", "GradientDescent", {}, "empty", shape=(0, 3)),
    case("", "GradientDescent", {}, "not-finite", changes={"grad": np.full(SHAPE, np.inf, "f4")}),
    case("", "Adam", {}, "half", "f2", **HALF),
    case("", "Adam", {}, "runs", runs=3),
    case("Resource", "Adam", {}, "vector", shape=(7,)),
    case("Resource", "Momentum", {}, "half", "f2", **HALF),
    case("", "Adagrad", {}, "zeros", changes={"grad": np.zeros(SHAPE, "f4")}),
    case("Sparse", "Adagrad", {}, "vector", shape=(5,)),
    case("Sparse", "Adagrad", {}, "no-rows", rows=np.zeros(0, "i4")),
    case("Sparse", "Adagrad", {}, "long", rows=ROWS.astype("i8")),
    case("Sparse", "Adagrad", {}, "cube", shape=(5, 2, 2)),
    case("Sparse", "Adagrad", {}, "often", rows=np.array([1] * 12 + [0], "i4")),
    case("Sparse", "Momentum", {"use_nesterov": True}, "half", "f2", **HALF),
    case("ResourceSparse", "Ftrl", {}, "vector", shape=(5,)),
    case("ResourceSparse", "RMSProp", {}, "long", rows=ROWS.astype("i8")),
]

# What TensorFlow refuses.
WRONG = {"error": "InvalidArgumentError"}
CASES += [
    case("", "GradientDescent", {}, "grad-shape", changes={"grad": np.ones((2, 3), "f4")}, **WRONG),
    case("", "GradientDescent", {}, "alpha-vector", changes={"alpha": [0.1, 0.2]}, **WRONG),
    case("Resource", "Adam", {}, "grad-shape", changes={"grad": np.ones((2, 3), "f4")}, **WRONG),
    case("", "Adam", {}, "beta-vector", changes={"beta1": [0.1, 0.2]}, **WRONG),
    case("", "Momentum", {}, "slot-shape", changes={"slot": np.ones((2, 3), "f4")}, error="ValueError"),
    case("Sparse", "Adagrad", {}, "out-of-range", rows=np.array([0, 5], "i4"), **WRONG),
    case("Sparse", "Momentum", {}, "negative", rows=np.array([0, -1], "i4"), **WRONG),
    case("ResourceSparse", "Adagrad", {}, "grad-rows", changes={"grad": np.ones((3, 3), "f4")}, **WRONG),
    case("Sparse", "Ftrl", {}, "grad-columns", changes={"grad": np.ones((4, 2), "f4")}, **WRONG),
    case("Sparse", "Adagrad", {}, "matrix-of-rows", rows=np.zeros((4, 1), "i4"), **WRONG),
    case(
        "Sparse",
        "Adagrad",
        {},
        "scalar-variable",
        shape=(),
        rows=np.zeros(1, "i4"),
        changes={"grad": np.ones(1, "f4")},
        **WRONG,
    ),
]
