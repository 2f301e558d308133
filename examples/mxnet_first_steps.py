"""First steps on the tape: attach, record, go backward.

The programs are written for MXNet's `autograd`; only the import differs.
"""

from adjoint import autograd, nd


def twice_the_square_of_a_vector():
    """y = 2 xᵀx has the gradient 4x."""
    x = nd.arange(4).reshape((4, 1))
    x.attach_grad()  # memory for the gradient, zeros for now
    with autograd.record():
        y = 2 * nd.dot(x.T, x)
    print("y =", y)
    y.backward()
    print("dy/dx =", x.grad)
    print("differs from 4x by", (x.grad - 4 * x).norm().asscalar())
    return x.grad


def twice_the_square_of_a_matrix():
    """y = 2x², element by element; the gradient of the sum of all elements is 4x."""
    x = nd.array([[1, 2], [3, 4]])
    x.attach_grad()
    with autograd.record():
        y = 2 * x**2
    y.backward()
    print("dy/dx =", x.grad)
    return x.grad


def weighted_elements():
    """`backward` of an array takes weights: the gradient of Σ weight · y."""
    x = nd.array([1, 2, 3])
    x.attach_grad()
    with autograd.record():
        y = x * x
    y.backward(nd.array([1, 10, 100]))
    print("weighted:", x.grad)
    return x.grad


def overwrite_or_add():
    """A gradient is overwritten by the next one, or added to on request."""
    results = {}
    for request in ("write", "add"):
        x = nd.array([1, 2])
        x.attach_grad(grad_req=request)
        for function in (lambda x: x**2, lambda x: 3 * x):
            with autograd.record():
                y = function(x)
            y.backward()
        print(request, "leaves", x.grad)
        results[request] = x.grad
    return results


def backward_twice():
    """A graph is gone once it has been passed, unless it is retained."""
    x = nd.array([3.0])
    x.attach_grad()
    with autograd.record():
        y = x * x
    y.backward(retain_graph=True)
    y.backward()
    try:
        y.backward()
    except autograd.MXNetError as error:
        print("the third time:", str(error).split(".")[0])
    return x.grad


if __name__ == "__main__":
    twice_the_square_of_a_vector()
    twice_the_square_of_a_matrix()
    weighted_elements()
    overwrite_or_add()
    backward_twice()
