"""tf.contrib.testing: what helps to test programs."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.testing.fake_summary_writer": "FakeSummaryWriter",
    },
)
