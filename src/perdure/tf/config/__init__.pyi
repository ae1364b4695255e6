# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.config".

from perdure.session.settings import experimental_connect_to_cluster as experimental_connect_to_cluster
from perdure.session.settings import experimental_connect_to_host as experimental_connect_to_host
from perdure.session.settings import experimental_list_devices as experimental_list_devices
from perdure.session.settings import experimental_run_functions_eagerly as experimental_run_functions_eagerly
from perdure.session.settings import get_soft_device_placement as get_soft_device_placement
from perdure.session.settings import set_soft_device_placement as set_soft_device_placement
from perdure.tf.config import experimental as experimental
from perdure.tf.config import optimizer as optimizer
from perdure.tf.config import threading as threading
