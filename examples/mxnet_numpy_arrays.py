"""The NumPy-like arrays: the same tape, results without axes, and detaching."""

from adjoint import autograd, np, npx

npx.set_np()


def dot_of_a_vector_with_itself():
    """y = 2 x·x is a number; the next gradient overwrites this one."""
    x = np.arange(4)
    x.attach_grad()
    with autograd.record():
        y = 2.0 * np.dot(x, x)
    print(repr(y))
    y.backward()
    first = x.grad.copy()
    print(first, "equals 4x:", (first == 4 * x).all())
    with autograd.record():
        y = x.sum()
    y.backward()
    print("then", x.grad)
    return first, x.grad


def an_array_has_the_gradient_of_its_sum():
    """`backward` of y = x·x, element by element, gives 2x."""
    x = np.arange(4)
    x.attach_grad()
    with autograd.record():
        y = x * x
    y.backward()
    print(x.grad)
    return x.grad


def detach():
    """u is y's value without its history, so z = u·x has the slope u."""
    x = np.arange(4)
    x.attach_grad()
    with autograd.record():
        y = x * x
        u = y.detach()
        z = u * x
    z.backward()
    constant = x.grad.copy()
    print(constant, "equals u:", (constant == u).all())
    y.backward()  # the graph of y is still there
    print(x.grad, "equals 2x:", (x.grad == 2 * x).all())
    return constant, x.grad


def gradient_by_parts():
    """The chain rule by hand: the head gradient of one part is the gradient of the next."""
    x, y = np.arange(4), np.ones(4)
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        u = x * y
        v = u.detach()  # what follows does not know of u's history
        v.attach_grad()
        z = v + x
    z.backward()
    print("first part:", x.grad, y.grad, v.grad)
    u.backward(v.grad)
    print("second part:", x.grad, y.grad)
    return x.grad, y.grad


def attach_to_an_intermediate():
    """Attaching while recording cuts the history off: y stays without gradient."""
    x, y = np.arange(4), np.ones(4)
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        u = x * y
        u.attach_grad()
        z = u + x
    z.backward()
    print(x.grad, u.grad, y.grad)
    return x.grad, u.grad, y.grad


if __name__ == "__main__":
    dot_of_a_vector_with_itself()
    an_array_has_the_gradient_of_its_sum()
    detach()
    gradient_by_parts()
    attach_to_an_intermediate()
