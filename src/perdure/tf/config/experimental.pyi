# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.config.experimental".

from perdure.session.settings import VirtualDeviceConfiguration as VirtualDeviceConfiguration
from perdure.session.settings import get_device_policy as get_device_policy
from perdure.session.settings import get_memory_growth as get_memory_growth
from perdure.session.settings import get_synchronous_execution as get_synchronous_execution
from perdure.session.settings import get_virtual_device_configuration as get_virtual_device_configuration
from perdure.session.settings import get_visible_devices as get_visible_devices
from perdure.session.settings import list_logical_devices as list_logical_devices
from perdure.session.settings import list_physical_devices as list_physical_devices
from perdure.session.settings import set_device_policy as set_device_policy
from perdure.session.settings import set_memory_growth as set_memory_growth
from perdure.session.settings import set_synchronous_execution as set_synchronous_execution
from perdure.session.settings import set_virtual_device_configuration as set_virtual_device_configuration
from perdure.session.settings import set_visible_devices as set_visible_devices
