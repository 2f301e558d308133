"""Methods of `np.random.Generator` as functions, which is how a program calls them.

A draw changes its generator, so no pass repeats, drops, merges or reorders one: what is not known
to be free of effects stays as it is. `emit` prints `g.normal(0.0, 1.0)`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

METHODS = frozenset({
    "beta", "binomial", "chisquare", "choice", "dirichlet", "exponential", "f", "gamma",
    "geometric", "gumbel", "integers", "laplace", "logistic", "lognormal", "logseries",
    "multinomial", "multivariate_normal", "negative_binomial", "normal", "pareto", "permutation",
    "permuted", "poisson", "power", "random", "rayleigh", "shuffle", "standard_cauchy",
    "standard_exponential", "standard_gamma", "standard_normal", "standard_t", "triangular",
    "uniform", "vonmises", "wald", "weibull", "zipf",
})  # fmt: skip


class Draw:
    """One method: called with the generator and the method's arguments.

    Made by `draw`, so that there is one object a method.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = self.__qualname__ = name
        self.__module__ = "numpy.random.Generator"  # it is NumPy's, to whoever asks

    def __call__(self, generator: Any, *args: Any, **kwargs: Any) -> Any:
        """Draw."""
        return getattr(generator, self.__name__)(*args, **kwargs)

    def __repr__(self) -> str:
        return f"draw({self.__name__!r})"


@cache
def draw(name: str) -> Draw:
    """The method `name` as a function."""
    return Draw(name)
