"""tf.logging: log lines."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "platform.logging": (
            "DEBUG ERROR FATAL INFO TaskLevelStatusMessage WARN debug error fatal flush "
            "get_verbosity info log log_every_n log_first_n log_if set_verbosity vlog warn "
            "warning"
        ),
    },
)
