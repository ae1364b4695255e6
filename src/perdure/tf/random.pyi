# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.random".

from perdure.functional.nn.candidate_sampling import all_candidate_sampler as all_candidate_sampler
from perdure.functional.nn.candidate_sampling import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from perdure.functional.nn.candidate_sampling import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from perdure.functional.nn.candidate_sampling import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from perdure.functional.nn.candidate_sampling import uniform_candidate_sampler as uniform_candidate_sampler
from perdure.functional.random.random import categorical as categorical
from perdure.functional.random.random import get_seed as get_seed
from perdure.functional.random.random import multinomial as multinomial
from perdure.functional.random.random import set_random_seed as set_random_seed
from perdure.functional.random.random import stateless_categorical as stateless_categorical
from perdure.functional.random.random import stateless_multinomial as stateless_multinomial
from perdure.functional.random.random import stateless_normal as stateless_normal
from perdure.functional.random.random import stateless_truncated_normal as stateless_truncated_normal
from perdure.functional.random.random import stateless_uniform as stateless_uniform
from perdure.functional.random.random import truncated_normal as truncated_normal
import perdure.functional.random.random
gamma = perdure.functional.random.random.random_gamma
normal = perdure.functional.random.random.random_normal
poisson = perdure.functional.random.random.random_poisson
shuffle = perdure.functional.random.random.random_shuffle
uniform = perdure.functional.random.random.random_uniform
