"""Random inputs of test cases, drawn from a generator that the case's own name seeds.

`normal(2, 3)` is a description and no array yet.  A `Case` asks a `Source` of its name for the arrays, so
what it is tried with does not depend on the cases around it: an inserted case leaves the goldens of all
others as they are.  Python 3.7 runs this, too.
"""

import zlib

import numpy as np


class Source:
    """The numbers of one case.  Each draw is made once, so that a draw used twice is the same array.

    Args:
        name: what the generator is seeded by.
    """

    def __init__(self, name):
        # RandomState draws the same numbers under every version of NumPy.
        self.random = np.random.RandomState(zlib.crc32(name.encode("utf-8")))
        self._made = {}

    def take(self, value):
        """`value` with its draws, also those inside of lists, replaced by arrays."""
        if isinstance(value, list):
            return [self.take(item) for item in value]
        if not isinstance(value, Draw):
            return value
        if id(value) not in self._made:
            # The draw is kept as well: the id of one that is gone may come again.
            self._made[id(value)] = value, np.asarray(value.make(self))
        return self._made[id(value)][1]


class Draw(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that is made when a case asks for it; operators, slices and NumPy's ufuncs give draws again.

    Args:
        make: function of the Source that gives the array.
    """

    def __init__(self, make):
        self.make = make

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return later(lambda *arrays: getattr(ufunc, method)(*arrays, **kwargs), *inputs)

    def __array__(self, *args, **kwargs):
        raise TypeError("a draw is no array before its case asks for it; use tests.draws.later")

    def __getitem__(self, key):
        return later(lambda array: array[key], self)

    __iter__ = None

    def astype(self, dtype):
        """The draw with another dtype."""
        return later(lambda array: array.astype(dtype), self)


def later(function, *arguments):
    """A draw of what `function` gives for `arguments`, some of which are draws."""
    return Draw(lambda source: function(*[source.take(argument) for argument in arguments]))


def normal(*shape, **options):
    """Standard normal numbers of a shape; `dtype` is float32 by default."""
    dtype = options.pop("dtype", "f4")
    assert not options
    return Draw(lambda source: np.asarray(source.random.standard_normal(shape)).astype(dtype))


def uniform(low, high, shape, dtype="f8"):
    """Uniform numbers of [low, high)."""
    return Draw(lambda source: np.asarray(source.random.uniform(low, high, shape)).astype(dtype))


def integers(low, high, shape, dtype="f4"):
    """Whole numbers from `low` to `high - 1`."""
    return Draw(lambda source: np.asarray(source.random.randint(low, high, shape)).astype(dtype))
