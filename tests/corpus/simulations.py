"""Real code: ordinary and partial differential equations, particles, events."""

import math

import numpy as np

from tests.corpus.registry import program


def lotka_volterra(prey, predators, a, b, c, d):
    return a * prey - b * prey * predators, c * prey * predators - d * predators


@program(
    lambda r: (r.uniform(1, 2), r.uniform(0.5, 1), 0.9, 0.4, 0.3, 0.6), compiled=True, exact=True
)
def runge_kutta_4(prey, predators, a, b, c, d):
    h = 0.1
    for step in range(15):
        k1, l1 = lotka_volterra(prey, predators, a, b, c, d)
        k2, l2 = lotka_volterra(prey + 0.5 * h * k1, predators + 0.5 * h * l1, a, b, c, d)
        k3, l3 = lotka_volterra(prey + 0.5 * h * k2, predators + 0.5 * h * l2, a, b, c, d)
        k4, l4 = lotka_volterra(prey + h * k3, predators + h * l3, a, b, c, d)
        prey = prey + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        predators = predators + h / 6.0 * (l1 + 2.0 * l2 + 2.0 * l3 + l4)
    return prey - predators


def pendulum(state, damping, out):
    out[0] = state[1]
    out[1] = -np.sin(state[0]) - damping * state[1]


@program(lambda r: (r.normal(size=2), r.uniform(0.1, 0.3)), compiled=True)
def midpoint_rule_with_arrays(start, damping):
    """The right side writes to an array."""
    state = start.copy()
    half = np.empty(2)
    slope = np.empty(2)
    h = 0.05
    for step in range(20):
        pendulum(state, damping, slope)
        for i in range(2):
            half[i] = state[i] + 0.5 * h * slope[i]
        pendulum(half, damping, slope)
        for i in range(2):
            state[i] += h * slope[i]
    return state[0] * state[0] + state[1]


@program(
    lambda r: (r.normal(size=10), r.uniform(0.1, 0.3), 6), mutates=True, compiled=True, exact=True
)
def heat_equation_in_place(u, diffusivity, steps):
    """Explicit steps with the old left neighbour carried in a scalar."""
    n = len(u)
    for step in range(steps):
        left = u[0]
        for i in range(1, n - 1):
            old = u[i]
            u[i] = old + diffusivity * (left - 2.0 * old + u[i + 1])
            left = old
    s = 0.0
    for i in range(n):
        s += u[i] * u[i]
    return s


@program(lambda r: (r.normal(size=10), r.uniform(0.1, 0.3), 5), compiled=True)
def heat_equation_two_buffers(initial, diffusivity, steps):
    """Buffers exchanged by name after every step."""
    u = initial.copy()
    v = initial.copy()
    for step in range(steps):
        for i in range(1, len(u) - 1):
            v[i] = u[i] + diffusivity * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        u, v = v, u
    return np.sum(u * u * u)


@program(
    lambda r: (r.uniform(0.2, 0.4), r.uniform(0.05, 0.15)), compiled=True, exact=True, step=1e-3
)
def sir_with_events(transmission, recovery):
    """An epidemic with a lockdown while the infected are many, and vaccination on one day."""
    s, i, r = 0.99, 0.01, 0.0
    peak = 0.0
    locked = False
    for day in range(60):
        if i > 0.15:
            locked = True
        elif i < 0.05:
            locked = False
        rate = transmission * 0.3 if locked else transmission
        infected = rate * s * i
        recovered = recovery * i
        s -= infected
        i += infected - recovered
        r += recovered
        if day == 20:
            vaccinated = 0.1 * s
            s -= vaccinated
            r += vaccinated
        if i > peak:
            peak = i
    return peak + r * r


@program(
    lambda r: (3.0 * r.normal(size=(3, 2)), 0.3 * r.normal(size=(3, 2)), r.uniform(0.5, 1, 3)),
    mutates=True,
    compiled=True,
    exact=True,
)
def n_body_leapfrog(x, v, mass):
    """Kick, drift, kick, over positions and velocities in place; returns the kinetic energy."""
    n = len(mass)
    dt = 0.05
    force = np.zeros((n, 2))
    for step in range(4):
        for half in range(2):
            for i in range(n):
                for k in range(2):
                    force[i, k] = 0.0
            for i in range(n):
                for j in range(n):
                    if i == j:
                        continue
                    dx = x[j, 0] - x[i, 0]
                    dy = x[j, 1] - x[i, 1]
                    square = dx * dx + dy * dy + 0.1
                    factor = mass[j] / (square * np.sqrt(square))
                    force[i, 0] += factor * dx
                    force[i, 1] += factor * dy
            for i in range(n):
                for k in range(2):
                    v[i, k] += 0.5 * dt * force[i, k]
                    if half == 0:
                        x[i, k] += dt * v[i, k]
    energy = 0.0
    for i in range(n):
        energy += 0.5 * mass[i] * (v[i, 0] * v[i, 0] + v[i, 1] * v[i, 1])
    return energy


@program(lambda r: (r.uniform(6, 8), r.uniform(0.6, 0.9)), compiled=True, step=1e-3, tolerance=1e-7)
def bouncing_ball(speed, restitution):
    """Exact event times of a ball; how far it gets in four seconds."""
    gravity = 9.81
    time = 0.0
    v = speed
    x = 0.0
    while True:
        flight = 2.0 * v / gravity
        if time + flight > 4.0 or flight < 1e-3:
            break
        time += flight
        x += 1.5 * flight
        v = v * restitution
    rest = 4.0 - time
    return x + v * rest - 0.5 * gravity * rest * rest


@program(lambda r: (r.uniform(0.5, 1), r.uniform(1, 2)), compiled=True, tolerance=1e-7)
def adaptive_heun(stiffness, start):
    """Step size control by an embedded error; rejected steps are repeated."""
    y = start
    t = 0.0
    h = 0.1
    while t < 1.0:
        if t + h > 1.0:
            h = 1.0 - t
        k1 = -stiffness * y * y
        euler = y + h * k1
        k2 = -stiffness * euler * euler
        heun = y + 0.5 * h * (k1 + k2)
        error = abs(heun - euler)
        if error < 1e-2:
            t = t + h
            y = heun
            if error < 1e-3:
                h = 1.5 * h
        else:
            h = 0.5 * h
    return y


@program(lambda r: (r.normal(size=12), r.uniform(0.2, 0.4), 4), compiled=True, exact=True)
def upwind_advection(initial, courant, steps):
    """Periodic, by index arithmetic modulo the length."""
    n = len(initial)
    u = initial.copy()
    new = np.empty(n)
    for step in range(steps):
        for i in range(n):
            new[i] = u[i] - courant * u[i] * (u[i] - u[(i - 1) % n])
        for i in range(n):
            u[i] = new[i]
    s = 0.0
    for i in range(n):
        s += u[i] * u[i] * u[i]
    return s


@program(lambda r: (r.normal(size=(5, 5)), r.uniform(0.05, 0.2), 3), compiled=True, exact=True)
def reaction_diffusion(initial, rate, steps):
    n = initial.shape[0]
    u = initial.copy()
    for step in range(steps):
        old = u.copy()
        for i in range(n):
            for j in range(n):
                centre = old[i, j]
                laplace = -4.0 * centre
                laplace += old[i - 1, j] if i > 0 else old[n - 1, j]
                laplace += old[i + 1, j] if i < n - 1 else old[0, j]
                laplace += old[i, j - 1] if j > 0 else old[i, n - 1]
                laplace += old[i, j + 1] if j < n - 1 else old[i, 0]
                u[i, j] = centre + rate * laplace + 0.05 * centre * (1.0 - centre * centre)
    s = 0.0
    for i in range(n):
        for j in range(n):
            s += u[i, j] * u[i, j]
    return s


@program(lambda r: (r.uniform(0.3, 0.6, 4), 0.1, r.uniform(0.1, 0.3)), compiled=True, step=1e-3)
def ray_marching(radii, direction, absorption):
    """A ray through circles along the axis: sphere tracing with an exit, then attenuation."""
    x, y = -1.0, 0.2
    dx, dy = math.cos(direction), math.sin(direction)
    light = 1.0
    travelled = 0.0
    for step in range(40):
        nearest = 1e9
        for k in range(len(radii)):
            cx = 2.0 * k
            distance = math.sqrt((x - cx) ** 2 + (y - 0.8 * k) ** 2) - radii[k]
            if distance < nearest:
                nearest = distance
        if nearest < 1e-3 or travelled > 6.0:
            break
        x += dx * nearest
        y += dy * nearest
        travelled += nearest
        light *= math.exp(-absorption * nearest)
    return light + 0.1 * travelled


@program(lambda r: (r.uniform(0.5, 1.5, 6), r.uniform(1, 2)), compiled=True, exact=True)
def spring_chain_relaxation(rest_lengths, load):
    """Gauss-Seidel on a hanging chain until it stands still, at most 30 sweeps."""
    n = len(rest_lengths)
    x = np.zeros(n + 1)
    for i in range(n):
        x[i + 1] = x[i] + rest_lengths[i]
    sweep = 0
    change = 1.0
    while change > 1e-3 and sweep < 30:
        change = 0.0
        for i in range(1, n + 1):
            old = x[i]
            if i < n:
                new = 0.5 * (
                    x[i - 1] + rest_lengths[i - 1] + x[i + 1] - rest_lengths[i] + 0.1 * load
                )
            else:
                new = x[i - 1] + rest_lengths[i - 1] + 0.1 * load
            x[i] = new
            change = max(change, abs(new - old))
        sweep += 1
    return x[n] * x[n] + x[1]
