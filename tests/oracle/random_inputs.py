"""Inputs of random draws that the oracle and the tests must make alike."""

import numpy as np


def logits_of(shape):
    """Logits; infinities and a NaN in batches of more than four."""
    values = np.random.RandomState(0).randn(*shape).astype(np.float32)
    if shape[0] > 4:
        values[0, 3], values[1, 2], values[2, 1] = np.inf, -np.inf, np.nan
    return values
