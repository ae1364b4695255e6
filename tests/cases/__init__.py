"""One record per situation in which an op is tried.

`tests/cases/<family>.py` has a list `CASES`.  TensorFlow's Python 3.7 imports these modules to make
the goldens (tests/oracle/make_op_goldens.py) and today's Python imports them to test perdure, so
they use nothing but NumPy and the Python 3.7 language.
"""

import numpy as np

from tests.draws import Source


class Variable(object):
    """An input that is a variable, where the signature does not say so or the value is missing.

    Inputs that the signature marks as ref or resource become variables by themselves: give their
    value.  Use this record for a variable that nothing has initialised (`value=None`) or whose
    static shape is not that of its value.
    """

    def __init__(self, value=None, dtype=None, shape=None):
        self.value = None if value is None else np.asarray(value)
        self.dtype = np.dtype(dtype) if dtype is not None else self.value.dtype
        self.shape = tuple(shape) if shape is not None else self.value.shape


class Case(object):
    """An op type with inputs and attrs, and how closely its outputs must agree with TensorFlow's.

    Args:
        op: the op type, as in the signature table.
        inputs: arrays in the signature's order, or draws of tests.draws, which are made from numbers of the
            case's own; a Python list for a list input.  The value of a variable for ref and resource
            inputs.  Python numbers are taken as NumPy takes them,
            so give the dtype: `np.int32(1)`, `np.array([0, 1], "i4")`.
        attrs: attrs that cannot be inferred or differ from the default; dtypes as "float32",
            shapes as lists or None, tensors as arrays.
        id: distinguishes the cases of an op; unique among them.
        rtol, atol: tolerance; by default what the dtype allows (see tests/ops/helpers.py).
        grad: whether gradients are compared (with TensorFlow's, first and second order).
        error: the class of the error ("InvalidArgumentError", "ValueError") that is expected.
        runs: how many times the op is run in one session; random ops continue their stream.
        compiled: False for what cannot run on jax.numpy (besides ops registered with host=True).
    """

    def __init__(
        self,
        op,
        inputs=(),
        attrs=None,
        id="",
        rtol=None,
        atol=None,
        grad=True,
        error=None,
        runs=1,
        compiled=True,
    ):
        self.op = op
        self.id = id
        source = Source(self.key)
        self.inputs = [_as_input(source.take(value)) for value in inputs]
        self.attrs = {name: source.take(value) for name, value in sorted((attrs or {}).items())}
        self.rtol = rtol
        self.atol = atol
        self.grad = grad
        self.error = error
        self.runs = runs
        self.compiled = compiled

    @property
    def key(self):
        """The name of the case: op type and id."""
        return self.op + ("-" + self.id if self.id else "")

    def __repr__(self):
        return "Case(%s)" % self.key

    def fingerprint(self):
        """What the golden was made from: [op, attrs, dtypes and shapes], and a sum for each input.

        The sums are compared loosely: NumPy's own functions differ in the last bit by version.
        """
        flat = [leaf for value in self.inputs for leaf in (value if isinstance(value, list) else [value])]
        form = [
            self.op,
            sorted((k, _plain(v)) for k, v in self.attrs.items()),
            [_form(leaf) for leaf in flat],
            self.runs,
        ]
        return repr(form), [_sum(leaf) for leaf in flat]


def _as_input(value):
    if isinstance(value, Variable):
        return value
    if isinstance(value, list):
        return [_as_input(item) for item in value]
    array = np.asarray(value)
    if array.dtype.kind == "U":
        array = np.char.encode(array, "utf-8")
    # TensorFlow's strings are bytes of any length.
    return array.astype(object) if array.dtype.kind == "S" else array


def _form(value):
    name = value.dtype.name if value.dtype != object else "string"
    return ("variable " if isinstance(value, Variable) else "") + name + str(tuple(value.shape))


def _sum(value):
    if isinstance(value, Variable):
        value = value.value
    if value is None or value.size == 0:
        return 0.0
    if value.dtype == object:
        return float(sum(sum(bytearray(item)) for item in value.ravel()))
    with np.errstate(all="ignore"):
        wide = value.astype(np.complex128 if value.dtype.kind == "c" else np.float64).ravel()
        weighted = np.abs(wide) * (1.0 + np.arange(wide.size) % 7) + wide.real
    weighted = weighted.real
    return float("%.6g" % np.sum(weighted[np.isfinite(weighted)]))


def _plain(value):
    """Attr values as text that is the same on every version of Python and NumPy."""
    if isinstance(value, np.ndarray):
        return "%s%r" % (value.dtype.name, value.tolist())
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return repr(value)
