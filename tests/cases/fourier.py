"""Cases of Fourier transforms."""

import numpy as np

from tests.cases import Case
from tests.draws import normal


def complex_numbers(*shape):
    """Numbers on circles, the same in every run."""
    place = np.arange(1, np.prod(shape) + 1).reshape(shape)
    return (np.cos(place * 0.7) + 1j * np.sin(place * 1.3)).astype(np.complex64)


def cases():
    shapes = {1: ((8,), (2, 5), (2, 0)), 2: ((4, 4), (2, 3, 5)), 3: ((2, 3, 4), (2, 2, 2, 3))}
    for rank, suffix in ((1, ""), (2, "2D"), (3, "3D")):
        for shape in shapes[rank]:
            where = "x".join(map(str, shape))
            for op in ("FFT", "IFFT"):
                options = {"rtol": 1e-4, "atol": 1e-4}
                yield Case(op + suffix, [complex_numbers(*shape)], id=where, **options)
            wide = complex_numbers(*shape).astype(np.complex128)
            yield Case("FFT" + suffix, [wide], id=where + "_complex128", rtol=1e-9, atol=1e-9)
            grad = rank < 3
            for last in (shape[-1], shape[-1] - 1):
                if last <= 0:
                    continue
                length = np.array([*shape[-rank:-1], last], np.int32)
                options = {"rtol": 1e-3, "atol": 1e-3, "grad": grad}
                name = where + "_to_" + str(last)
                yield Case("RFFT" + suffix, [normal(*shape), length], id=name, **options)
                half = (*shape[:-1], last // 2 + 1)
                yield Case("IRFFT" + suffix, [complex_numbers(*half), length], id=name, **options)
    refused = {"error": "InvalidArgumentError"}
    yield Case("RFFT", [np.ones(5, np.float32), np.int32([6])], id="short", **refused)
    yield Case("IRFFT", [np.ones(2, np.complex64), np.int32([4])], id="short", **refused)
    yield Case("RFFT", [np.ones(5, np.float32), np.int32([-1])], id="negative", **refused)


CASES = list(cases())
