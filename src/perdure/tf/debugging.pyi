# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.debugging".

from typing import Any as _Any

from perdure.functional.array.array import check_numerics as check_numerics
from perdure.functional.control.assertions import Assert as Assert
from perdure.functional.control.check_ops import assert_equal as assert_equal
from perdure.functional.control.check_ops import assert_greater as assert_greater
from perdure.functional.control.check_ops import assert_greater_equal as assert_greater_equal
from perdure.functional.control.check_ops import assert_integer as assert_integer
from perdure.functional.control.check_ops import assert_less as assert_less
from perdure.functional.control.check_ops import assert_less_equal as assert_less_equal
from perdure.functional.control.check_ops import assert_near as assert_near
from perdure.functional.control.check_ops import assert_negative as assert_negative
from perdure.functional.control.check_ops import assert_non_negative as assert_non_negative
from perdure.functional.control.check_ops import assert_non_positive as assert_non_positive
from perdure.functional.control.check_ops import assert_none_equal as assert_none_equal
from perdure.functional.control.check_ops import assert_positive as assert_positive
from perdure.functional.control.check_ops import assert_proper_iterable as assert_proper_iterable
from perdure.functional.control.check_ops import assert_rank as assert_rank
from perdure.functional.control.check_ops import assert_rank_at_least as assert_rank_at_least
from perdure.functional.control.check_ops import assert_rank_in as assert_rank_in
from perdure.functional.control.check_ops import assert_same_float_dtype as assert_same_float_dtype
from perdure.functional.control.check_ops import assert_scalar as assert_scalar
from perdure.functional.control.check_ops import assert_type as assert_type
from perdure.functional.control.check_ops import is_non_decreasing as is_non_decreasing
from perdure.functional.control.check_ops import is_numeric_tensor as is_numeric_tensor
from perdure.functional.control.check_ops import is_strictly_increasing as is_strictly_increasing
from perdure.functional.control.check_shapes import assert_shapes as assert_shapes
from perdure.session.settings import get_log_device_placement as get_log_device_placement
from perdure.session.settings import set_log_device_placement as set_log_device_placement
import perdure.functional.array.array
assert_all_finite = perdure.functional.array.array.verify_tensor_all_finite
def is_finite(x: _Any, name: _Any = None) -> _Any: ...
def is_inf(x: _Any, name: _Any = None) -> _Any: ...
def is_nan(x: _Any, name: _Any = None) -> _Any: ...
