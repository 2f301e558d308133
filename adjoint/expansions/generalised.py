"""Functions made by `numba.guvectorize`: their kernel, called for each index of the outer axes."""

from __future__ import annotations

import numpy as np


def apply_kernel(kernel, inputs, outputs, dtypes, *args):
    """What a generalised ufunc does.

    Parameters
    ----------
    kernel : the function that was decorated; writes to its last arguments.
    inputs, outputs : names of the core axes of each argument and result.
    dtypes : of the results.
    """
    sizes = {}
    outer = ()
    for core, x in zip(inputs, args, strict=True):
        count = np.ndim(x) - len(core)
        for k, name in enumerate(core):
            sizes[name] = x.shape[count + k]
        if count > len(outer):
            outer = tuple(x.shape[k] for k in tuple(range(count)))
    for core, x in zip(inputs, args, strict=True):
        for k in tuple(range(np.ndim(x) - len(core))):
            if x.shape[k] != outer[k]:
                raise ValueError("the outer axes of the arguments have to be of the same lengths")
    shapes = [outer + tuple(sizes[name] for name in core) for core in outputs]
    shapes = [shape if core else (*shape, 1) for core, shape in zip(outputs, shapes, strict=True)]
    results = [np.empty(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    if len(outer) == 0:
        kernel(*args, *results)
    else:
        for index in np.ndindex(outer):
            given = [
                x[index] if np.ndim(x) > len(core) else x
                for core, x in zip(inputs, args, strict=True)
            ]
            kernel(*given, *[result[index] for result in results])
    found = [r if core else r[..., 0] for core, r in zip(outputs, results, strict=True)]
    return found[0] if len(found) == 1 else tuple(found)
