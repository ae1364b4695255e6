"""tf.distributions: distributions of probability."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "distributions.classes": "Bernoulli Categorical",
        "distributions.counts": "Dirichlet DirichletMultinomial Multinomial",
        "distributions.distribution": (
            "Distribution FULLY_REPARAMETERIZED NOT_REPARAMETERIZED ReparameterizationType"
        ),
        "distributions.divergences": "RegisterKL kl_divergence",
        "distributions.gammas": "Beta Exponential Gamma",
        "distributions.locations": "Laplace Normal StudentT Uniform",
    },
)
