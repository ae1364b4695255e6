"""Conditionals and loops as TensorFlow 1 writes them: Switch, Merge, Enter, Exit, NextIteration, LoopCond.

What these ops do is a matter of which values are dead and which iteration they belong to; so planning takes
them out of a step (`runtime/planning/lifting/`), or the evaluator of dead values and frames runs it
(`runtime/execution/dataflow.py`).  Their kernels say what they make of values that live.

Names of inputs, outputs and attributes are rows of the signature table.
"""

from typing import Any

import numpy as np

from perdure.graph import signatures
from perdure.graph.dtypes import bool as bool_type
from perdure.graph.shapes import with_rank
from perdure.graph.signatures import Argument, Attribute, Signature
from perdure.ops.registry import op
from perdure.ops.traits import ENTER, EXIT, LOOP_COND, MERGE, NEXT_ITERATION, SWITCH

_ON_HOST: dict[str, Any] = {"host": True, "any_device": True, "foldable": False}


def of_flow(definition, shape, kernel):
    """Give an op its rules."""
    definition.shape(shape)
    definition.kernel(kernel)
    definition.refuse_gradient("what gradients make of it depends on its context: gradients/flow_rules.py")


# -- Switch, RefSwitch -----------------------------------------------------------------------


def switch_shape(data, pred):
    with_rank(pred, 0)
    return [data, data]


def switch_kernel(xp, data):
    return data, data


# -- Merge, RefMerge -------------------------------------------------------------------------


def merge_shape(inputs):
    return [_common_shape(inputs), ()]


def _common_shape(shapes):
    """What is known of a value that has one of several shapes."""
    if any(shape is None for shape in shapes) or len({len(shape) for shape in shapes}) > 1:
        return None
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))


def merge_kernel(xp, inputs):
    return inputs[0], np.int32(0)


# -- Enter, RefEnter, Exit, RefExit, NextIteration, RefNextIteration, LoopCond ----------------


def enter_shape(data, *, is_constant):
    # A loop variable may have another shape in later iterations; `tf.while_loop` says which.
    return data if is_constant else None


def same_shape(data):
    return data


def handing_on_kernel(xp, data):
    return data


def loop_cond_shape(input):
    return with_rank(input, 0)


def loop_cond_kernel(xp, input):
    return input


of_flow(op("Switch", flow=SWITCH, **_ON_HOST), switch_shape, switch_kernel)
of_flow(op("RefSwitch", flow=SWITCH, **_ON_HOST), switch_shape, switch_kernel)
of_flow(op("Merge", flow=MERGE, **_ON_HOST), merge_shape, merge_kernel)
of_flow(op("RefMerge", flow=MERGE, **_ON_HOST), merge_shape, merge_kernel)
of_flow(op("Enter", flow=ENTER, **_ON_HOST), enter_shape, handing_on_kernel)
of_flow(op("RefEnter", flow=ENTER, **_ON_HOST), same_shape, handing_on_kernel)
of_flow(op("Exit", flow=EXIT, **_ON_HOST), same_shape, handing_on_kernel)
of_flow(op("RefExit", flow=EXIT, **_ON_HOST), same_shape, handing_on_kernel)
of_flow(op("NextIteration", flow=NEXT_ITERATION, **_ON_HOST), same_shape, handing_on_kernel)
of_flow(op("RefNextIteration", flow=NEXT_ITERATION, **_ON_HOST), same_shape, handing_on_kernel)
of_flow(op("LoopCond", flow=LOOP_COND, **_ON_HOST), loop_cond_shape, loop_cond_kernel)

# -- what planning makes of a fetch that may be dead ------------------------------------------

signatures.register(
    Signature(
        name="_Retval",
        inputs=(Argument("alive", type=bool_type), Argument("value", type_attr="T")),
        outputs=(Argument("output", type_attr="T"),),
        attrs=(Attribute("T", "type"), Attribute("index", "int")),
        inferred_attrs=frozenset({"T"}),
    )
)
retval = op("_Retval", is_check=True)


@retval.shape
def retval_shape(value):
    return value


@retval.kernel
def retval_kernel(xp, alive, value, *, index):
    xp.require(alive, f"Retval[{index}] does not have value")
    return value
