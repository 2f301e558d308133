"""Gradients through Python's own control flow: the tape records what was really done."""

from adjoint import autograd, nd


def doubled_until_long(a):
    """Double until the norm reaches 1000; then choose by the sign of the sum."""
    b = a * 2
    while b.norm().asscalar() < 1000:
        b = b * 2
    return b if b.sum().asscalar() > 0 else 100 * b


def gradient_of_a_scalar(value=0.37):
    """The function is linear in pieces through the origin, so its slope is c / a, exactly."""
    a = nd.array([value])
    a.attach_grad()
    with autograd.record():
        c = doubled_until_long(a)
    c.backward()
    print("slope", a.grad, "quotient", c / a)
    return a.grad, c / a


def one_element(a):
    """The same with one element as the result."""
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b[0] if b.sum() >= 0 else b[1]


def gradient_of_a_vector(values=(-0.5, 0.1)):
    """Only the element that was chosen has a slope: 2 to the number of doublings."""
    a = nd.array(values)
    a.attach_grad()
    with autograd.record():
        c = one_element(a)
    c.backward()
    print("value", c, "gradient", a.grad)
    return c, a.grad


def gradient_of_a_matrix():
    """A matrix goes through the same function; a head gradient weights its rows."""
    a = nd.array([[1.0, -2.0], [0.5, 3.0]])
    a.attach_grad()
    with autograd.record():
        c = doubled_until_long(a)
    c.backward(nd.array([[1, 1], [10, 10]]))
    print("gradient", a.grad)
    return c / a, a.grad


def second_price_auction(bids=(1, 5, 3, 4)):
    """The highest bid wins and pays the second highest: only that bid moves the price."""
    prices = {
        "sort": lambda bids: bids.sort(is_ascend=False)[1],
        "topk": lambda bids: bids.topk(k=2, ret_typ="value")[1],
        "mask": lambda bids: (bids * (bids < bids.max().asscalar())).max(),
    }
    results = {}
    for name, price in prices.items():
        b = nd.array(bids)
        b.attach_grad()
        with autograd.record():
            p = price(b)
        p.backward()
        print(name, "price", p.asscalar(), "gradient", b.grad)
        results[name] = (p.asscalar(), b.grad)
    return results


if __name__ == "__main__":
    gradient_of_a_scalar()
    gradient_of_a_vector()
    gradient_of_a_matrix()
    second_price_auction()
