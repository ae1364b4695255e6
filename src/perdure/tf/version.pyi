# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.version".

from perdure.platform.version import COMPILER_VERSION as COMPILER_VERSION
from perdure.platform.version import GIT_VERSION as GIT_VERSION
from perdure.platform.version import GRAPH_DEF_VERSION as GRAPH_DEF_VERSION
from perdure.platform.version import GRAPH_DEF_VERSION_MIN_CONSUMER as GRAPH_DEF_VERSION_MIN_CONSUMER
from perdure.platform.version import GRAPH_DEF_VERSION_MIN_PRODUCER as GRAPH_DEF_VERSION_MIN_PRODUCER
from perdure.platform.version import VERSION as VERSION
