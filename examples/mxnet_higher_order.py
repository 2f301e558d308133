"""Derivatives of derivatives, and a derivative of one's own."""

from pathlib import Path

from adjoint import autograd, nd


def second_derivative():
    """`create_graph` records the computation of the gradient."""
    x = nd.array([1.0, 2.0, 3.0])
    x.attach_grad()
    with autograd.record():
        y = x**4
        (slope,) = autograd.grad(y, x, create_graph=True)
    slope.backward()
    print("4x³:", slope, "12x²:", x.grad)
    return slope, x.grad


def sine_and_its_derivatives(points=61):
    """sin, cos, -sin and -cos on a grid."""
    x = nd.linspace(-6, 6, points)
    x.attach_grad()
    with autograd.record():
        curves = [nd.sin(x)]
        for _ in range(3):
            curves += autograd.grad(curves[-1], x, create_graph=True)
    return x, curves


def plot(path):
    """Draw them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    x, curves = sine_and_its_derivatives(301)
    figure, axes = pyplot.subplots(figsize=(8, 3))
    for order, curve in enumerate(curves):
        axes.plot(x.asnumpy(), curve.asnumpy(), label=f"derivative {order}" if order else "sin")
    axes.legend(loc="upper right")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    pyplot.close(figure)


class StraightThrough(autograd.Function):
    """Rounding whose derivative is that of the identity."""

    def forward(self, x):
        return x.round()

    def backward(self, bar):
        return bar


def straight_through():
    """A step function that an optimiser can still move along."""
    x = nd.array([0.2, 1.7])
    x.attach_grad()
    with autograd.record():
        y = StraightThrough()(x) * 3
    y.backward()
    print(y, x.grad)
    return y, x.grad


if __name__ == "__main__":
    second_derivative()
    plot("out/sine.png")
    straight_through()
