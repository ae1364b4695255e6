"""Names of TensorFlow's modules of recurrent cells that only programs use which import from inside."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.joining import stack, unstack
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant

WEIGHTS_VARIABLE_NAME = "kernel"
BIAS_VARIABLE_NAME = "bias"
ASSERT_LIKE_RNNCELL_ERROR_REGEXP = "is not an RNNCell"


def lstm_block_cell(
    x: Any,
    cs_prev: Any,
    h_prev: Any,
    w: Any,
    b: Any,
    wci: Any = None,
    wcf: Any = None,
    wco: Any = None,
    forget_bias: float | None = None,
    cell_clip: float | None = None,
    use_peephole: bool | None = None,
    name: str | None = None,
) -> Any:
    """The op LSTMBlockCell, whose peepholes may be left out.

    Args:
        x, cs_prev, h_prev, w, b, wci, wcf, wco: its inputs.
        forget_bias, cell_clip, use_peephole: its attributes.
        name: the name of the node.
    """
    if wci is None:
        size = cs_prev.get_shape().with_rank(2).as_list()[1]
        if size is None:
            raise ValueError("cell_size from `cs_prev` should not be None.")
        wci = wcf = wco = constant(0, dtype=dtypes.float32, shape=[size])
    return g.lstm_block_cell(
        x, cs_prev, h_prev, w, wci, wcf, wco, b, name=name, **_given(forget_bias, cell_clip, use_peephole)
    )


def block_lstm(
    seq_len_max: Any,
    x: Any,
    w: Any,
    b: Any,
    cs_prev: Any = None,
    h_prev: Any = None,
    wci: Any = None,
    wcf: Any = None,
    wco: Any = None,
    forget_bias: float | None = None,
    cell_clip: float | None = None,
    use_peephole: bool | None = None,
    name: str | None = None,
) -> Any:
    """The op BlockLSTM of a list of inputs; first states and peepholes may be left out.

    Args:
        seq_len_max, x, w, b, cs_prev, h_prev, wci, wcf, wco: its inputs.
        forget_bias, cell_clip, use_peephole: its attributes.
        name: the name of the node.

    Returns:
        For each of its outputs a list with a tensor for each step.
    """
    dtype = x[0].dtype
    batch_size = x[0].get_shape().with_rank(2).as_list()[0]
    gates = b.get_shape().with_rank(1).as_list()[0]
    if gates is None:
        raise ValueError("`b` shape must not be None.")
    zero = None
    if cs_prev is None or h_prev is None:
        zero = constant(0, dtype=dtype, shape=[batch_size, gates // 4])
    if wci is None:
        wci = wcf = wco = constant(0, dtype=dtype, shape=[gates // 4])
    found = g.block_lstm(
        seq_len_max,
        stack(x),
        zero if cs_prev is None else cs_prev,
        zero if h_prev is None else h_prev,
        w,
        wci,
        wcf,
        wco,
        b,
        name=name,
        **_given(forget_bias, cell_clip, use_peephole),
    )
    return tuple(unstack(output) for output in found)


def _given(forget_bias: Any, cell_clip: Any, use_peephole: Any) -> dict[str, Any]:
    attrs = {"forget_bias": forget_bias, "use_peephole": use_peephole}
    return {
        "cell_clip": -1 if cell_clip is None else cell_clip,
        **{name: value for name, value in attrs.items() if value is not None},
    }
