# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.estimator".

from importlib import import_module as import_module
from importlib.util import find_spec as find_spec
from perdure.tf._missing import as_asked as as_asked
from perdure.tf._missing import missing_name as missing_name
from typing import Any as Any
_PACKAGE: str
