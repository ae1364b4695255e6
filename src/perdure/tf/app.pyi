# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.app".

from perdure.platform.app import run as run
from perdure.tf import flags as flags
