"""tests/cases/image_resizing.py in both tiers against TensorFlow 1.15.5."""

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from tests.ops.helpers import OpFamilyTests


class TestResizing(OpFamilyTests):
    family = "image_resizing"


@pytest.mark.parametrize("method", range(4))
@pytest.mark.parametrize("wanted", ["interpret", "compile"])
def test_gradients_are_adjoint(method, wanted):
    """Resizes are linear: <weights, resize(x)> is <gradient, x> for any x.  That by area has no gradient."""
    random = np.random.RandomState(method)
    for size in ((3, 9), (8, 2), (1, 5)):
        pictures, weights = random.rand(2, 5, 6, 2), random.rand(2, *size, 2)
        with tf.Graph().as_default(), options(tier=wanted), tf.Session() as sess:
            x = tf.constant(pictures, tf.float32)
            resized = tf.image.resize_images(x, size, method)
            if method == tf.image.ResizeMethod.AREA:
                with pytest.raises(LookupError):
                    tf.gradients(resized, x)
                continue
            total = tf.reduce_sum(resized * weights.astype("f4"))
            value, gradient = sess.run([total, tf.gradients(total, x)[0]])
        np.testing.assert_allclose(np.sum(gradient * pictures), value, rtol=1e-5)
