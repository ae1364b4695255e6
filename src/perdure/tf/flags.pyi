# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.flags".

from perdure.platform import flags as flags
from typing import Any as Any
