"""tf.test: writing tests of programs."""

from unittest import mock as mock

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "testing.devices": (
            "gpu_device_name is_built_with_cuda is_built_with_gpu_support is_built_with_rocm is_gpu_available"
        ),
        "testing.gradient_checker": "compute_gradient compute_gradient_error",
        "testing.graphs": "assert_equal_graph_def",
        "testing.running": (
            "Benchmark StubOutForTesting benchmark_config create_local_cluster get_temp_dir main "
            "test_src_dir_path"
        ),
        "testing.test_case": "TestCase",
    },
)
