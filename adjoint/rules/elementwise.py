"""Rules of scalar functions, which are NumPy's elementwise ones as well."""

from __future__ import annotations


import operator

import numpy as np

from adjoint.rules.registry import piecewise_constant, vjp_rule

# --------------------------------------------------------------------------- arithmetic


@vjp_rule(np.add, operator.add, operator.iadd, broadcasts=True)
def add(z, x, y, z_bar):
    """z = x + y."""
    x_bar = z_bar
    y_bar = z_bar
    return x_bar, y_bar


@vjp_rule(np.subtract, operator.sub, operator.isub, broadcasts=True)
def subtract(z, x, y, z_bar):
    """z = x - y."""
    x_bar = z_bar
    y_bar = -z_bar
    return x_bar, y_bar


@vjp_rule(np.multiply, operator.mul, operator.imul, broadcasts=True)
def multiply(z, x, y, z_bar):
    """z = x y."""
    x_bar = z_bar * y
    y_bar = z_bar * x
    return x_bar, y_bar


@vjp_rule(np.divide, operator.truediv, operator.itruediv, broadcasts=True)
def divide(z, x, y, z_bar):
    """z = x / y, so dz/dy = -x / y² = -z / y."""
    x_bar = z_bar / y
    y_bar = -(z_bar / y) * z
    return x_bar, y_bar


@vjp_rule(np.negative, operator.neg, broadcasts=True)
def negative(z, x, z_bar):
    """z = -x."""
    x_bar = -z_bar
    return (x_bar,)
