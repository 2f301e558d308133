"""Array kernels: flows with pressure iterations, particles, transport and contour integrals."""

import numpy as np

from tests.corpus.registry import program


def build_up_b(b, rho, dt, u, v, dx, dy):
    b[1:-1, 1:-1] = rho * (
        1
        / dt
        * ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx) + (v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy))
        - ((u[1:-1, 2:] - u[1:-1, 0:-2]) / (2 * dx)) ** 2
        - 2 * ((u[2:, 1:-1] - u[0:-2, 1:-1]) / (2 * dy) * (v[1:-1, 2:] - v[1:-1, 0:-2]) / (2 * dx))
        - ((v[2:, 1:-1] - v[0:-2, 1:-1]) / (2 * dy)) ** 2
    )


def pressure_poisson(nit, p, dx, dy, b):
    pn = np.empty_like(p)
    pn = p.copy()
    for q in range(nit):
        pn = p.copy()
        p[1:-1, 1:-1] = (
            (pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2
        ) / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0


@program(
    lambda r: (
        3,
        3,
        r.random((5, 6)),
        r.random((5, 6)),
        0.01,
        0.4,
        0.5,
        r.random((5, 6)),
        1.0,
        0.1,
    ),
    mutates=True,
)
def cavity_flow(nt, nit, u, v, dt, dx, dy, p, rho, nu):
    """A lid drives the flow; each step has its own pressure iterations."""
    un = np.empty_like(u)
    vn = np.empty_like(v)
    b = np.zeros(u.shape)
    for n in range(nt):
        un = u.copy()
        vn = v.copy()
        build_up_b(b, rho, dt, u, v, dx, dy)
        pressure_poisson(nit, p, dx, dy, b)
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
            + nu
            * (
                dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
                + dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])
            )
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[0:-2, 1:-1])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
            + nu
            * (
                dt / dx**2 * (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, 0:-2])
                + dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[0:-2, 1:-1])
            )
        )
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = 1  # the lid
        v[0, :] = 0
        v[-1, :] = 0
        v[:, 0] = 0
        v[:, -1] = 0
    return np.sum(u**2) + np.sum(v**2) + np.sum(p**2)


def pressure_poisson_periodic(nit, p, dx, dy, b):
    pn = np.empty_like(p)
    for q in range(nit):
        pn[:] = p.copy()
        p[1:-1, 1:-1] = (
            (pn[1:-1, 2:] + pn[1:-1, 0:-2]) * dy**2 + (pn[2:, 1:-1] + pn[0:-2, 1:-1]) * dx**2
        ) / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 1:-1]
        p[1:-1, -1] = (
            (pn[1:-1, 0] + pn[1:-1, -2]) * dy**2 + (pn[2:, -1] + pn[0:-2, -1]) * dx**2
        ) / (2 * (dx**2 + dy**2)) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, -1]
        p[1:-1, 0] = ((pn[1:-1, 1] + pn[1:-1, -1]) * dy**2 + (pn[2:, 0] + pn[0:-2, 0]) * dx**2) / (
            2 * (dx**2 + dy**2)
        ) - dx**2 * dy**2 / (2 * (dx**2 + dy**2)) * b[1:-1, 0]
        p[-1, :] = p[-2, :]
        p[0, :] = p[1, :]


@program(
    lambda r: (2, 0.2 + 0.1 * r.random((5, 5)), 0.01, 0.4, 0.5, 1.0, 0.1, 1.0, 1e-4),
    mutates=True,
)
def channel_flow(nit, u, dt, dx, dy, rho, nu, F, tolerance):
    """Driven by a force, periodic along it; ends when the flow hardly changes any more."""
    udiff = 1.0
    stepcount = 0
    v = np.zeros(u.shape)
    p = np.ones(u.shape)
    b = np.zeros(u.shape)
    while udiff > tolerance and stepcount < 3:
        un = u.copy()
        vn = v.copy()
        build_up_b(b, rho, dt, u, v, dx, dy)
        pressure_poisson_periodic(nit, p, dx, dy, b)
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, 0:-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[0:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, 0:-2])
            + nu
            * (
                dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, 0:-2])
                + dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[0:-2, 1:-1])
            )
            + F * dt
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, 0:-2])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[0:-2, 1:-1])
        )
        u[1:-1, -1] = un[1:-1, -1] - un[1:-1, -1] * dt / dx * (un[1:-1, -1] - un[1:-1, -2]) + F * dt
        u[1:-1, 0] = un[1:-1, 0] - un[1:-1, 0] * dt / dx * (un[1:-1, 0] - un[1:-1, -1]) + F * dt
        u[0, :] = 0
        u[-1, :] = 0
        v[0, :] = 0
        v[-1, :] = 0
        udiff = (np.sum(u) - np.sum(un)) / np.sum(u)
        stepcount += 1
    return np.sum(u**2) + np.sum(v**2)


def acceleration(pos, mass, G, softening):
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r3 = dx**2 + dy**2 + dz**2 + softening**2
    inv_r3[inv_r3 > 0] = inv_r3[inv_r3 > 0] ** (-1.5)
    ax = G * (dx * inv_r3) @ mass
    ay = G * (dy * inv_r3) @ mass
    az = G * (dz * inv_r3) @ mass
    return np.hstack((ax, ay, az))


def energy(pos, vel, mass, G):
    KE = 0.5 * np.sum(mass * vel**2)
    x = pos[:, 0:1]
    y = pos[:, 1:2]
    z = pos[:, 2:3]
    dx = x.T - x
    dy = y.T - y
    dz = z.T - z
    inv_r = np.sqrt(dx**2 + dy**2 + dz**2)
    inv_r[inv_r > 0] = 1.0 / inv_r[inv_r > 0]
    PE = G * np.sum(np.triu(-(mass * mass.T) * inv_r, 1))
    return KE, PE


@program(
    lambda r: (
        r.normal(size=(2, 3, 2, 2)),
        r.normal(size=(2, 2, 2)),
        np.array([[1, 2], [2, 0], [0, 1]]),
        r.normal(size=(3, 2, 2, 2)),
    ),
)
def scattering_self_energies(G, D, neighbours, dH):
    """Loops over energies, frequencies, atoms and neighbours around products of small matrices."""
    sigma = np.zeros(G.shape, dtype=G.dtype)
    for E in range(G.shape[0]):
        for w in range(D.shape[0]):
            for i in range(D.shape[1]):
                for a in range(neighbours.shape[0]):
                    for b in range(neighbours.shape[1]):
                        if E - w >= 0:
                            dHG = G[E - w, neighbours[a, b]] @ dH[a, b]
                            dHD = dH[a, b] * D[w, i, b]
                            sigma[E, a] += dHG @ dHD
    return np.sum(sigma**2)


@program(lambda r: (r.random(12), r.random(12), 4), argnums=(0,))
def azimuthal_integration(data, radius, npt):
    """Weighted over plain histogram: pixels of a detector, averaged over rings."""
    histu = np.histogram(radius, npt)[0]
    histw = np.histogram(radius, npt, weights=data)[0]
    return np.sum((histw / histu) ** 2)


@program(lambda r: (r.random(12), r.integers(0, 4, 12), 5), argnums=(0,))
def integration_over_rings(data, ring, count):
    """The same by `bincount`; a ring may have no pixel."""
    sums = np.bincount(ring, weights=data, minlength=count)
    pixels = np.maximum(np.bincount(ring, minlength=count), 1)
    return np.sum((sums / pixels) ** 3)


@program(lambda r: (r.random(5), r.random(5), r.random(5), r.random(5)))
def arc_distance(theta_1, phi_1, theta_2, phi_2):
    """Great circles between points given by their angles, all at once."""
    temp = (
        np.sin((theta_2 - theta_1) / 2) ** 2
        + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    )
    distance_matrix = 2 * np.arctan2(np.sqrt(temp), np.sqrt(1 - temp))
    return np.sum(distance_matrix**2)


@program(lambda r: (0.1 * r.normal(size=(3, 6)), 5, 0.1))
def lattice_boltzmann_in_one_dimension(density, steps, omega):
    """Streaming by `roll` in place, collision towards a local equilibrium by broadcasting."""
    velocity = np.array([0.0, 1.0, -1.0])
    weight = np.array([4.0, 1.0, 1.0]) / 6.0
    f = weight[:, None] * (1.0 + density)
    for _ in range(steps):
        f[1] = np.roll(f[1], 1)
        f[2] = np.roll(f[2], -1)
        rho = np.sum(f, axis=0)
        u = np.sum(velocity[:, None] * f, axis=0) / rho
        cu = 3.0 * velocity[:, np.newaxis] * u
        feq = weight[:, np.newaxis] * rho * (1.0 + cu + 0.5 * cu**2 - 1.5 * u**2)
        f += omega * (feq - f)
    return np.sum(f**2) + np.sum(u**2)
