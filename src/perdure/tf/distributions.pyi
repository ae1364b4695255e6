# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.distributions".

from perdure.distributions.classes import Bernoulli as Bernoulli
from perdure.distributions.classes import Categorical as Categorical
from perdure.distributions.counts import Dirichlet as Dirichlet
from perdure.distributions.counts import DirichletMultinomial as DirichletMultinomial
from perdure.distributions.counts import Multinomial as Multinomial
from perdure.distributions.distribution import Distribution as Distribution
from perdure.distributions.distribution import FULLY_REPARAMETERIZED as FULLY_REPARAMETERIZED
from perdure.distributions.distribution import NOT_REPARAMETERIZED as NOT_REPARAMETERIZED
from perdure.distributions.distribution import ReparameterizationType as ReparameterizationType
from perdure.distributions.divergences import RegisterKL as RegisterKL
from perdure.distributions.divergences import kl_divergence as kl_divergence
from perdure.distributions.gammas import Beta as Beta
from perdure.distributions.gammas import Exponential as Exponential
from perdure.distributions.gammas import Gamma as Gamma
from perdure.distributions.locations import Laplace as Laplace
from perdure.distributions.locations import Normal as Normal
from perdure.distributions.locations import StudentT as StudentT
from perdure.distributions.locations import Uniform as Uniform
