"""tf.keras.callbacks."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.callbacks.base": "BaseLogger Callback History ProgbarLogger",
        "keras.callbacks.files": "CSVLogger ModelCheckpoint RemoteMonitor",
        "keras.callbacks.tensorboard": "TensorBoard",
        "keras.callbacks.watching": (
            "EarlyStopping LambdaCallback LearningRateScheduler ReduceLROnPlateau TerminateOnNaN"
        ),
    },
)
