"""Distributions of `scipy.stats` with their parameters given: `norm(loc, scale).logpdf(x)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adjoint.expansions.registry import stands_in


@dataclass(eq=False)
class frozen:
    """A distribution and its parameters; what it is asked, the distribution is asked with them."""

    dist: Any
    args: Any
    kwds: Any

    def logpdf(self, x):
        return self.dist.logpdf(x, *self.args, **self.kwds)

    def pdf(self, x):
        return self.dist.pdf(x, *self.args, **self.kwds)

    def logpmf(self, k):
        return self.dist.logpmf(k, *self.args, **self.kwds)

    def pmf(self, k):
        return self.dist.pmf(k, *self.args, **self.kwds)

    def cdf(self, x):
        return self.dist.cdf(x, *self.args, **self.kwds)

    def sf(self, x):
        return self.dist.sf(x, *self.args, **self.kwds)

    def logcdf(self, x):
        return self.dist.logcdf(x, *self.args, **self.kwds)

    def logsf(self, x):
        return self.dist.logsf(x, *self.args, **self.kwds)

    def ppf(self, q):
        return self.dist.ppf(q, *self.args, **self.kwds)


@stands_in("scipy.stats._distn_infrastructure.rv_continuous_frozen")
@dataclass(eq=False)
class rv_continuous_frozen(frozen):
    """One of floats."""


@stands_in("scipy.stats._distn_infrastructure.rv_discrete_frozen")
@dataclass(eq=False)
class rv_discrete_frozen(frozen):
    """One of integers."""
