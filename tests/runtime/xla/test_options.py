"""What XLA is told."""

import jax
import jax.numpy as jnp

from perdure.runtime.xla.options import compiler_options


def test_this_jaxlib_knows_the_options():
    """All versions that perdure supports have them on the CPU; what they compile computes the same."""
    options = compiler_options.__wrapped__()
    assert (options is not None) == (jax.default_backend() == "cpu")
    compiled = jax.jit(lambda x: jnp.sum(x @ x, 0)).lower(jnp.ones((8, 8))).compile(compiler_options=options)
    assert compiled(jnp.ones((8, 8))).tolist() == [64.0] * 8


def test_flags_of_the_user_go_first(monkeypatch):
    """Who chose the library for products in XLA_FLAGS gets it."""
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_experimental_ynn_fusion_type=")
    assert compiler_options.__wrapped__() is None


def test_a_jaxlib_without_them(monkeypatch):
    """Another jaxlib compiles as it does by itself."""
    monkeypatch.setattr("perdure.runtime.xla.options._LIBRARY", "xla_cpu_no_such_option")
    assert compiler_options.__wrapped__() is None
