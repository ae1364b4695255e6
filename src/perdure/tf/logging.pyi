# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.logging".

from perdure.platform.logging import DEBUG as DEBUG
from perdure.platform.logging import ERROR as ERROR
from perdure.platform.logging import FATAL as FATAL
from perdure.platform.logging import INFO as INFO
from perdure.platform.logging import TaskLevelStatusMessage as TaskLevelStatusMessage
from perdure.platform.logging import WARN as WARN
from perdure.platform.logging import debug as debug
from perdure.platform.logging import error as error
from perdure.platform.logging import fatal as fatal
from perdure.platform.logging import flush as flush
from perdure.platform.logging import get_verbosity as get_verbosity
from perdure.platform.logging import info as info
from perdure.platform.logging import log as log
from perdure.platform.logging import log_every_n as log_every_n
from perdure.platform.logging import log_first_n as log_first_n
from perdure.platform.logging import log_if as log_if
from perdure.platform.logging import set_verbosity as set_verbosity
from perdure.platform.logging import vlog as vlog
from perdure.platform.logging import warn as warn
from perdure.platform.logging import warning as warning
