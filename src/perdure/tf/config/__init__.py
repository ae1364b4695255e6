"""tf.config: what a program says of the machine it runs on."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "session.settings": (
            "experimental_connect_to_cluster experimental_connect_to_host experimental_list_devices "
            "experimental_run_functions_eagerly get_soft_device_placement set_soft_device_placement"
        ),
    },
    submodules="experimental optimizer threading",
)
