"""tf.random: random tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.nn.candidate_sampling": (
            "all_candidate_sampler fixed_unigram_candidate_sampler learned_unigram_candidate_sampler "
            "log_uniform_candidate_sampler uniform_candidate_sampler"
        ),
        "functional.random.random": (
            "categorical gamma=random_gamma get_seed multinomial normal=random_normal "
            "poisson=random_poisson set_random_seed shuffle=random_shuffle stateless_categorical "
            "stateless_multinomial stateless_normal stateless_truncated_normal stateless_uniform "
            "truncated_normal uniform=random_uniform"
        ),
    },
)
