# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.tpu".

from typing import Any as _Any

from importlib import import_module as import_module
from typing import Any as Any
_PACKAGE: str
_OF_PACKAGE: _Any
