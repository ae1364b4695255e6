# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.test".

from perdure.testing.devices import gpu_device_name as gpu_device_name
from perdure.testing.devices import is_built_with_cuda as is_built_with_cuda
from perdure.testing.devices import is_built_with_gpu_support as is_built_with_gpu_support
from perdure.testing.devices import is_built_with_rocm as is_built_with_rocm
from perdure.testing.devices import is_gpu_available as is_gpu_available
from perdure.testing.gradient_checker import compute_gradient as compute_gradient
from perdure.testing.gradient_checker import compute_gradient_error as compute_gradient_error
from perdure.testing.graphs import assert_equal_graph_def as assert_equal_graph_def
from perdure.testing.running import Benchmark as Benchmark
from perdure.testing.running import StubOutForTesting as StubOutForTesting
from perdure.testing.running import benchmark_config as benchmark_config
from perdure.testing.running import create_local_cluster as create_local_cluster
from perdure.testing.running import get_temp_dir as get_temp_dir
from perdure.testing.running import main as main
from perdure.testing.running import test_src_dir_path as test_src_dir_path
from perdure.testing.test_case import TestCase as TestCase
from unittest import mock as mock
