"""tf.compat's functions on text, bytes and days."""

from pathlib import Path

import numpy as np
import pytest

from perdure import tf


def test_as_bytes():
    """Text is encoded; bytes stay."""
    assert tf.compat.as_bytes("é") == "é".encode()
    assert tf.compat.as_bytes("é", "latin-1") == b"\xe9"
    assert tf.compat.as_bytes(b"x") == b"x"
    assert tf.compat.as_bytes(bytearray(b"x")) == b"x"
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
        tf.compat.as_bytes(3)


def test_as_text():
    """Bytes are decoded; text stays."""
    assert tf.compat.as_text("é".encode()) == tf.compat.as_str("é") == "é"
    assert tf.compat.as_text(b"\xe9", "latin-1") == "é"
    with pytest.raises(TypeError, match="Expected binary or unicode string, got None"):
        tf.compat.as_text(None)


def test_as_str_any():
    """Bytes are decoded, anything else is written."""
    assert [tf.compat.as_str_any(value) for value in (b"a", "b", 1.5)] == ["a", "b", "1.5"]


def test_path_to_str():
    """A path becomes text; other things stay."""
    assert tf.compat.path_to_str(Path("a") / "b") == "a/b"
    assert tf.compat.path_to_str(7) == 7


def test_types_of_numbers():
    """NumPy's numbers count."""
    assert isinstance(np.int8(1), tf.compat.integral_types)
    assert isinstance(np.float16(1), tf.compat.real_types)
    assert isinstance(np.complex64(1), tf.compat.complex_types)
    assert isinstance(b"", tf.compat.bytes_or_text_types)


def test_forward_compatible():
    """TensorFlow 1.15 was made in August 2019."""
    assert tf.compat.forward_compatible(2019, 8, 20)
    assert not tf.compat.forward_compatible(2019, 8, 21)
    with tf.compat.forward_compatibility_horizon(2030, 1, 1):
        assert tf.compat.forward_compatible(2029, 1, 1)
    assert not tf.compat.forward_compatible(2029, 1, 1)
