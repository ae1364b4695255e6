"""Cells of recurrent networks as one op: LSTMBlockCell, BlockLSTM, GRUBlockCell, and their gradients.

Formulas: Zaremba et al. (2015); Gers and Schmidhuber (2000) for peepholes; Cho et al. (2014) for gates.
Clipping of cells is left out of gradients, as in TensorFlow.
"""

import numpy as np

from perdure.graph.shapes import with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import RECURRENCE

# -- shared by the family ---------------------------------------------------------


def wide(*arrays):
    """Half precision as float32, in which sums are made."""
    return [array.astype(np.float32) if array.dtype == np.float16 else array for array in arrays]


def sigmoid(xp, x):
    return 0.5 * (1 + xp.tanh(0.5 * x))


def require_sizes(*wanted):
    """InvalidArgumentError in TensorFlow's words, unless a size is the one that it must be.

    Args:
        *wanted: for each size what it is called, what is compared with it, and both values.
    """
    for name, other, found, expected in wanted:
        if found != expected:
            raise invalid(f"{name} != {other}: {found} vs. {expected}")


def check_memory(x, cs_prev, h_prev, w, b):
    batch, inputs, cells = x.shape[-2], x.shape[-1], cs_prev.shape[1]
    require_sizes(
        ("cs_prev.dims(0)", "batch_size", cs_prev.shape[0], batch),
        ("h_prev.dims(0)", "batch_size", h_prev.shape[0], batch),
        ("h_prev.dims(1)", "cell_size", h_prev.shape[1], cells),
        ("w.dim_size(0)", "input_size + cell_size", w.shape[0], inputs + cells),
        ("w.dim_size(1)", "cell_size * 4", w.shape[1], cells * 4),
        ("b.dim_size(0)", "cell_size * 4", b.shape[0], cells * 4),
    )


def check_peepholes(cells, *peepholes):
    for name, peephole in zip(("wci", "wcf", "wco"), peepholes, strict=True):
        require_sizes((f"{name}.dim_size(0)", "cell_size", peephole.shape[0], cells))


# The places of input, new value, forgetting and output among the columns of a kernel.
FIRST, SECOND = (0, 1, 2, 3), (0, 2, 1, 3)


def memory_step(xp, sums, cs_prev, peepholes, forget_bias, cell_clip, order=FIRST):
    """One step of a long short-term memory.

    Args:
        sums: what comes into the gates, (batch, 4 * cells).
        cs_prev: the cells before it, (batch, cells).
        peepholes: their weights for input, forgetting and output, (cells,) each; None if there are none.
        forget_bias: added to what comes into the gate of forgetting.
        cell_clip: the greatest absolute value of a cell, if it is greater than 0.
        order: which columns of `sums` are whose.

    Returns:
        i, cs, f, o, ci, co, h: (batch, cells) each.
    """
    columns = xp.split(sums, 4, axis=1)
    i, ci, f, o = (columns[place] for place in order)
    f = f + forget_bias
    if peepholes is not None:
        i, f = i + cs_prev * peepholes[0], f + cs_prev * peepholes[1]
    i, ci, f = sigmoid(xp, i), xp.tanh(ci), sigmoid(xp, f)
    cs = i * ci + f * cs_prev
    if cell_clip > 0:
        cs = xp.clip(cs, -cell_clip, cell_clip)
    o = sigmoid(xp, o if peepholes is None else o + cs * peepholes[2])
    co = xp.tanh(cs)
    return i, cs, f, o, ci, co, o * co


def memory_step_gradient(xp, cs_prev, gates, peepholes, cs_grad, h_grad, order=FIRST):
    """What `memory_step` hands back.

    Returns:
        The gradients of the cells before it, (batch, cells), and of what came into the gates,
        (batch, 4 * cells).
    """
    i, _, f, o, ci, co = gates
    d_o = o * (1 - o) * h_grad * co
    d_cs = (1 - co * co) * h_grad * o + cs_grad
    if peepholes is not None:
        d_cs = d_cs + d_o * peepholes[2]
    d_ci = (1 - ci * ci) * d_cs * i
    d_f = f * (1 - f) * d_cs * cs_prev
    d_i = i * (1 - i) * d_cs * ci
    before = d_cs * f
    if peepholes is not None:
        before = before + d_i * peepholes[0] + d_f * peepholes[1]
    given = dict(zip(order, (d_i, d_ci, d_f, d_o), strict=True))
    return before, xp.concatenate([given[place] for place in range(4)], axis=1)


def peephole_gradients(xp, sums, cs_prev, cs, cells, used, order=FIRST):
    """Of the weights of input, forgetting and output: sums over all rows; zeros if they are not used."""
    if not used:
        return [xp.zeros(cells, sums.dtype)] * 3
    columns = xp.split(sums, 4, axis=1)
    i, _, f, o = (columns[place] for place in order)
    return [xp.sum(gate * value, axis=0) for gate, value in ((i, cs_prev), (f, cs_prev), (o, cs))]


def as_type(dtype, arrays):
    return tuple(array.astype(dtype) for array in arrays)


# -- LSTMBlockCell ----------------------------------------------------------------

lstm_block_cell = op("LSTMBlockCell", work=RECURRENCE)


@lstm_block_cell.shape
def lstm_block_cell_shape(x, cs_prev):
    return [(with_rank(x, 2)[0], with_rank(cs_prev, 2)[1])] * 7


@lstm_block_cell.kernel
def lstm_block_cell_kernel(
    xp, x, cs_prev, h_prev, w, wci, wcf, wco, b, *, forget_bias, cell_clip, use_peephole
):
    check_memory(x, cs_prev, h_prev, w, b)
    dtype = x.dtype
    x, cs_prev, h_prev, w, b = wide(x, cs_prev, h_prev, w, b)
    peepholes = None
    if use_peephole:
        check_peepholes(cs_prev.shape[1], wci, wcf, wco)
        peepholes = wide(wci, wcf, wco)
    sums = xp.concatenate([x, h_prev], axis=1) @ w + b
    return as_type(dtype, memory_step(xp, sums, cs_prev, peepholes, forget_bias, cell_clip))


@lstm_block_cell.gradient
def lstm_block_cell_gradient(
    g, d_cs, d_h, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, *, use_peephole
):
    batch_size, input_size = x.shape.with_rank(2).as_list()
    cell_size = cs_prev.shape.with_rank(2).as_list()[1]
    for name, tensor, size in (("input_size", "x", input_size), ("cell_size", "cs_prev", cell_size)):
        if size is None:
            raise ValueError(f"{name} from `{tensor}` should not be None.")
    rows = -1 if batch_size is None else batch_size
    d_cs_prev, d_gates, d_wci, d_wcf, d_wco = g.lstm_block_cell_grad(
        x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, d_cs, d_h, use_peephole=use_peephole
    )
    d_both = g.matmul(d_gates, w, transpose_b=True)
    return {
        "x": g.slice(d_both, (0, 0), (rows, input_size)),
        "cs_prev": d_cs_prev,
        "h_prev": g.slice(d_both, (0, input_size), (rows, cell_size)),
        "w": g.matmul(g.concat([x, h_prev], 1), d_gates, transpose_a=True),
        "wci": d_wci,
        "wcf": d_wcf,
        "wco": d_wco,
        "b": g.bias_add_grad(d_gates),
    }


lstm_block_cell_grad = op("LSTMBlockCellGrad", work=RECURRENCE)
lstm_block_cell_grad.refuse_gradient()


@lstm_block_cell_grad.shape
def lstm_block_cell_grad_shape(cs_prev):
    batch_size, cell_size = with_rank(cs_prev, 2)
    gates = None if cell_size is None else 4 * cell_size
    return [(batch_size, cell_size), (batch_size, gates), *[(cell_size,)] * 3]


@lstm_block_cell_grad.kernel
def lstm_block_cell_grad_kernel(
    xp, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, cs_grad, h_grad, *, use_peephole
):
    check_memory(x, cs_prev, h_prev, w, b)
    dtype = x.dtype
    cs_prev, i, cs, f, o, ci, co, cs_grad, h_grad = wide(cs_prev, i, cs, f, o, ci, co, cs_grad, h_grad)
    peepholes = wide(wci, wcf, wco) if use_peephole else None
    before, sums = memory_step_gradient(xp, cs_prev, (i, cs, f, o, ci, co), peepholes, cs_grad, h_grad)
    of_peepholes = peephole_gradients(xp, sums, cs_prev, cs, cs_prev.shape[1], use_peephole)
    return as_type(dtype, [before, sums, *of_peepholes])


# -- BlockLSTM, BlockLSTMV2 -------------------------------------------------------


def block_shape(x, b):
    steps, batch_size, _ = with_rank(x, 3)
    (gates,) = with_rank(b, 1)
    if gates is not None and gates % 4:
        raise ValueError(f"Dimension size must be evenly divisible by 4 but is {gates}")
    return [(steps, batch_size, None if gates is None else gates // 4)] * 7


def check_block(xp, seq_len_max, x, cs_prev, h_prev, w, b):
    if x.ndim != 3:
        raise invalid("x must be 3D")
    check_memory(x, cs_prev, h_prev, w, b)
    # TensorFlow 1.15 ends the process, or reads what is not there.
    xp.require(
        (seq_len_max >= 0) & (seq_len_max <= x.shape[0]),
        lambda: f"seq_len_max must be between 0 and the number of steps {x.shape[0]}, but is {seq_len_max}",
    )


def block_kernel(xp, seq_len_max, arrays, peepholes, use_peephole, forget_bias, cell_clip, order):
    x, cs_prev, h_prev, w, b = arrays
    check_block(xp, seq_len_max, x, cs_prev, h_prev, w, b)
    dtype = x.dtype
    x, cs_prev, h_prev, w, b = wide(x, cs_prev, h_prev, w, b)
    if use_peephole:
        check_peepholes(cs_prev.shape[1], *peepholes)
    peepholes = wide(*peepholes) if use_peephole else None
    steps, batch_size, input_size = x.shape
    # What does not depend on the step before is one product for all steps.
    sums = (x.reshape(-1, input_size) @ w[:input_size] + b).reshape(steps, batch_size, -1)
    recurrent = w[input_size:]

    def step(carry, row):
        cs, h = carry
        found = memory_step(xp, row[0] + h @ recurrent, cs, peepholes, forget_bias, cell_clip, order)
        return (found[1], found[-1]), found

    return as_type(dtype, xp.scan(step, (cs_prev, h_prev), (sums,), seq_len_max)[1])


def block_grad_kernel(xp, seq_len_max, arrays, peepholes, states, gradients, use_peephole, order):
    x, cs_prev, h_prev, w, b = arrays
    check_block(xp, seq_len_max, x, cs_prev, h_prev, w, b)
    dtype = x.dtype
    x, cs_prev, h_prev, w = wide(x, cs_prev, h_prev, w)
    i, cs, f, o, ci, co, h = wide(*states)
    cs_grad, h_grad = wide(*gradients)
    used = wide(*peepholes) if use_peephole else None
    steps, batch_size, input_size = x.shape
    cells = cs_prev.shape[1]
    recurrent = w[input_size:].T
    all_before = xp.concatenate([cs_prev[None], cs[:-1]])
    h_before = xp.concatenate([h_prev[None], h[:-1]])

    def step(carry, row):
        d_cs, d_h = carry
        *gates, before, cs_grad, h_grad = row
        d_cs, sums = memory_step_gradient(xp, before, gates, used, cs_grad + d_cs, h_grad + d_h, order)
        return (d_cs, sums @ recurrent), (sums,)

    start = (xp.zeros_like(cs_prev), xp.zeros_like(h_prev))
    rows = (i, cs, f, o, ci, co, all_before, cs_grad, h_grad)
    (d_cs_prev, d_h_prev), (sums,) = xp.scan(step, start, rows, seq_len_max, reverse=True)
    # Steps behind the last one have no sums; what TensorFlow left in their states may be anything.
    visited = (xp.arange(steps) < seq_len_max)[:, None, None]
    flat = sums.reshape(steps * batch_size, -1)
    both = xp.where(visited, xp.concatenate([x, h_before], axis=2), 0).reshape(steps * batch_size, -1)
    around = [xp.where(visited, array, 0).reshape(steps * batch_size, cells) for array in (all_before, cs)]
    return as_type(
        dtype,
        [
            (flat @ w[:input_size].T).reshape(x.shape),
            d_cs_prev,
            d_h_prev,
            both.T @ flat,
            *peephole_gradients(xp, flat, *around, cells, use_peephole, order),
            xp.sum(flat, axis=0),
        ],
    )


def block_gradient(
    g,
    d_cs,
    d_h,
    seq_len_max,
    x,
    cs_prev,
    h_prev,
    w,
    wci,
    wcf,
    wco,
    b,
    i,
    cs,
    f,
    o,
    ci,
    co,
    h,
    *,
    use_peephole,
):
    found = g.block_lstm_grad(
        seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, d_cs, d_h,
        use_peephole=use_peephole,
    )  # fmt: skip
    return dict(zip(("x", "cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b"), found, strict=True))


block_lstm = op("BlockLSTM", work=RECURRENCE)
block_lstm.shape(block_shape)
block_lstm.gradient(block_gradient)


@block_lstm.kernel
def block_lstm_kernel(
    xp, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, *, forget_bias, cell_clip, use_peephole
):
    arrays, peepholes = (x, cs_prev, h_prev, w, b), (wci, wcf, wco)
    return block_kernel(xp, seq_len_max, arrays, peepholes, use_peephole, forget_bias, cell_clip, FIRST)


# As TensorFlow 1.15 has it: the gradient of the second version is that of the first, whose columns are in
# another order.
block_lstm_v2 = op("BlockLSTMV2", work=RECURRENCE)
block_lstm_v2.shape(block_shape)
block_lstm_v2.gradient(block_gradient)


@block_lstm_v2.kernel
def block_lstm_v2_kernel(
    xp, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, *, cell_clip, use_peephole
):
    arrays, peepholes = (x, cs_prev, h_prev, w, b), (wci, wcf, wco)
    return block_kernel(xp, seq_len_max, arrays, peepholes, use_peephole, 0, cell_clip, SECOND)


def block_grad_shape(x, cs_prev, h_prev, w, wci, wcf, wco, b):
    shapes = (x, cs_prev, h_prev, w, wci, wcf, wco, b)
    return [with_rank(shape, rank) for shape, rank in zip(shapes, (3, 2, 2, 2, 1, 1, 1, 1), strict=True)]


block_lstm_grad = op("BlockLSTMGrad", work=RECURRENCE)
block_lstm_grad.shape(block_grad_shape)
block_lstm_grad.refuse_gradient()


@block_lstm_grad.kernel
def block_lstm_grad_kernel(
    xp, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad,
    *, use_peephole,
):  # fmt: skip
    arrays, peepholes = (x, cs_prev, h_prev, w, b), (wci, wcf, wco)
    states, gradients = (i, cs, f, o, ci, co, h), (cs_grad, h_grad)
    return block_grad_kernel(xp, seq_len_max, arrays, peepholes, states, gradients, use_peephole, FIRST)


block_lstm_grad_v2 = op("BlockLSTMGradV2", work=RECURRENCE)
block_lstm_grad_v2.shape(block_grad_shape)
block_lstm_grad_v2.refuse_gradient()


@block_lstm_grad_v2.kernel
def block_lstm_grad_v2_kernel(
    xp, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b, i, cs, f, o, ci, co, h, cs_grad, h_grad,
    *, use_peephole,
):  # fmt: skip
    arrays, peepholes = (x, cs_prev, h_prev, w, b), (wci, wcf, wco)
    states, gradients = (i, cs, f, o, ci, co, h), (cs_grad, h_grad)
    return block_grad_kernel(xp, seq_len_max, arrays, peepholes, states, gradients, use_peephole, SECOND)


# -- GRUBlockCell -----------------------------------------------------------------


def check_gates(x, h_prev, w_ru, w_c, b_ru, b_c):
    (batch, inputs), cells = x.shape, h_prev.shape[1]
    require_sizes(
        ("h_prev.dims(0)", "batch_size", h_prev.shape[0], batch),
        ("w_ru.dim_size(0)", "input_size + cell_size", w_ru.shape[0], inputs + cells),
        ("w_ru.dim_size(1)", "cell_size * 2", w_ru.shape[1], cells * 2),
        ("w_c.dim_size(0)", "input_size + cell_size", w_c.shape[0], inputs + cells),
        ("w_c.dim_size(1)", "cell_size", w_c.shape[1], cells),
        ("b_ru.dim_size(0)", "cell_size * 2", b_ru.shape[0], cells * 2),
        ("b_c.dim_size(0)", "cell_size", b_c.shape[0], cells),
    )


gru_block_cell = op("GRUBlockCell", work=RECURRENCE)


@gru_block_cell.shape
def gru_block_cell_shape(x, h_prev):
    return [(with_rank(x, 2)[0], with_rank(h_prev, 2)[1])] * 4


@gru_block_cell.kernel
def gru_block_cell_kernel(xp, x, h_prev, w_ru, w_c, b_ru, b_c):
    check_gates(x, h_prev, w_ru, w_c, b_ru, b_c)
    r, u = xp.split(sigmoid(xp, xp.concatenate([x, h_prev], axis=1) @ w_ru + b_ru), 2, axis=1)
    c = xp.tanh(xp.concatenate([x, h_prev * r], axis=1) @ w_c + b_c)
    return r, u, c, u * h_prev + (1 - u) * c


@gru_block_cell.gradient
def gru_block_cell_gradient(g, d_h, x, h_prev, w_ru, w_c, b_ru, b_c, r, u, c):
    d_x, d_h_prev, d_c_bar, d_r_bar_u_bar = g.gru_block_cell_grad(
        x, h_prev, w_ru, w_c, b_ru, b_c, r, u, c, d_h
    )
    inputs = g.concat([x, h_prev], 1)
    d_w_ru = g.matmul(inputs, d_r_bar_u_bar, transpose_a=True)
    d_b_ru = g.bias_add_grad(d_r_bar_u_bar)
    reset = g.concat([x, h_prev * r], 1)
    d_w_c = g.matmul(reset, d_c_bar, transpose_a=True)
    d_b_c = g.bias_add_grad(d_c_bar)
    return {"x": d_x, "h_prev": d_h_prev, "w_ru": d_w_ru, "w_c": d_w_c, "b_ru": d_b_ru, "b_c": d_b_c}


gru_block_cell_grad = op("GRUBlockCellGrad", work=RECURRENCE)
gru_block_cell_grad.refuse_gradient()


@gru_block_cell_grad.shape
def gru_block_cell_grad_shape(x, h_prev, w_ru):
    batch_size, cell_size = with_rank(h_prev, 2)
    gates = with_rank(w_ru, 2)[1]
    return [with_rank(x, 2), (batch_size, cell_size), (batch_size, cell_size), (batch_size, gates)]


@gru_block_cell_grad.kernel
def gru_block_cell_grad_kernel(xp, x, h_prev, w_ru, w_c, b_ru, b_c, r, u, c, d_h):
    check_gates(x, h_prev, w_ru, w_c, b_ru, b_c)
    input_size = x.shape[1]
    d_c_bar = d_h * (1 - u) * (1 - c * c)
    d_u_bar = d_h * (h_prev - c) * u * (1 - u)
    d_second = d_c_bar @ w_c.T
    d_reset = d_second[:, input_size:]
    d_r_bar_u_bar = xp.concatenate([d_reset * h_prev * r * (1 - r), d_u_bar], axis=1)
    d_first = d_r_bar_u_bar @ w_ru.T
    d_h_prev = d_first[:, input_size:] + d_reset * r + d_h * u
    return d_first[:, :input_size] + d_second[:, :input_size], d_h_prev, d_c_bar, d_r_bar_u_bar
