"""Real code: fields on grids, particles, rays and waves."""

import math

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.uniform(0.5, 1.5, 16), 0.3), compiled=True, exact=True, step=1e-3)
def burgers_upwind_with_cfl_step(initial, end):
    """The step follows the fastest wave; the last one is shortened to end in time."""
    u = initial.copy()
    n = u.size
    dx = 1.0 / n
    t = 0.0
    while t < end:
        fastest = 0.0
        for value in u:
            fastest = max(fastest, abs(value))
        dt = 0.8 * dx / fastest
        if t + dt > end:
            dt = end - t
        left = u[-1]
        for i in range(n):
            old = u[i]
            flux_out, flux_in = 0.5 * old * old, 0.5 * left * left
            u[i] = old - dt / dx * (flux_out - flux_in)
            left = old
        t += dt
    energy = 0.0
    for i in range(n):
        energy += dx * u[i] * u[i]
    return energy


@program(lambda r: (r.normal(size=20), r.uniform(0.6, 0.9)), mutates=True)
def wave_equation_leapfrog(u, courant):
    """A string with fixed ends by slices in place; three time levels rotate."""
    previous = u.copy()
    u[0] = u[-1] = 0.0
    following = np.zeros_like(u)
    for step in range(12):
        following[1:-1] = (
            2.0 * u[1:-1] - previous[1:-1] + courant**2 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        )
        previous[:] = u
        u[:] = following
    return np.sum((u[1:] - u[:-1]) ** 2) + np.sum((u - previous) ** 2)


@program(lambda r: (r.uniform(1, 2, (6, 6)), 0.4))
def maxwell_fdtd_in_the_plane(permittivity, courant):
    """Yee's scheme with a driven cell, a soft source and a probe."""
    nx, ny = permittivity.shape
    ez = np.zeros((nx, ny))
    hx = np.zeros((nx, ny - 1))
    hy = np.zeros((nx - 1, ny))
    seen = 0.0
    for t in range(10):
        hx -= courant * (ez[:, 1:] - ez[:, :-1])
        hy += courant * (ez[1:, :] - ez[:-1, :])
        ez[1:-1, 1:-1] += (
            courant
            / permittivity[1:-1, 1:-1]
            * (hy[1:, 1:-1] - hy[:-1, 1:-1] - hx[1:-1, 1:] + hx[1:-1, :-1])
        )
        ez[nx // 2, 2] += math.exp(-(((t - 3.0) / 2.0) ** 2))
        seen += ez[1, -2] ** 2
    return 100.0 * seen + np.sum(ez**2)


@program(lambda r: (r.uniform(0, 1, 8), r.uniform(0.5, 1.5), 4))
def crank_nicolson_with_a_source(initial, conductivity, steps):
    """Heat in a rod, one end insulated; the tridiagonal matrix is factored once."""
    n = len(initial)
    dx, dt = 1.0 / n, 0.01
    r = 0.5 * conductivity * dt / dx**2
    c = np.zeros(n)
    pivots = np.zeros(n)
    pivots[0] = 1.0 + r
    for i in range(1, n):
        c[i - 1] = -r / pivots[i - 1]
        pivots[i] = 1.0 + 2.0 * r + r * c[i - 1]
    u = initial.copy()
    d = np.empty(n)
    for step in range(steps):
        for i in range(n):
            west = u[i - 1] if i > 0 else u[0]
            east = u[i + 1] if i + 1 < n else 0.0
            d[i] = u[i] + r * (west - 2.0 * u[i] + east) + dt * np.sin(np.pi * (i + 0.5) * dx)
        d[0] /= pivots[0]
        for i in range(1, n):
            d[i] = (d[i] + r * d[i - 1]) / pivots[i]
        for i in range(n - 2, -1, -1):
            d[i] -= c[i] * d[i + 1]
        u, d = d, u
    return np.mean(u) + u[-1] * u[0]


@program(lambda r: (r.uniform(0, 1, (6, 5)), r.uniform(0.1, 0.2), 0.55), step=1e-3)
def burning_forest(fuel, conduction, ignition):
    """Heat spreads from burning cells; a cell above a temperature burns until its fuel is gone."""
    rows, cols = fuel.shape
    heat = np.zeros((rows, cols))
    heat[rows // 2, cols // 2] = 1.0
    fuel = fuel.copy()
    burnt = 0.0
    for step in range(8):
        new = heat.copy()
        for i in range(rows):
            for j in range(cols):
                total, neighbours = 0.0, 0
                for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    if 0 <= i + di < rows and 0 <= j + dj < cols:
                        total += heat[i + di, j + dj]
                        neighbours += 1
                new[i, j] += conduction * (total - neighbours * heat[i, j])
                if heat[i, j] > ignition and fuel[i, j] > 0.0:
                    used = min(fuel[i, j], 0.3 * heat[i, j])
                    fuel[i, j] -= used
                    new[i, j] += 1.5 * used
                    burnt += used
        heat = new
    return burnt + np.sum(heat**2)


@program(
    lambda r: (
        np.arange(12.0).reshape(6, 2) % 3 + 0.2 * r.normal(size=(6, 2)),
        r.uniform(0.9, 1.1),
    ),
    mutates=True,
    compiled=True,
    step=1e-3,
)
def verlet_with_a_neighbour_cutoff(x, sigma):
    """Lennard-Jones in a periodic box, minimum image; the list of pairs is made twice."""
    n, box, cutoff, dt = len(x), 4.0, 1.8, 0.01
    v = np.zeros((n, 2))
    pairs = np.zeros((n * n, 2), dtype=np.int64)
    count = 0
    force = np.zeros((n, 2))
    energy = 0.0
    for step in range(6):
        if step % 3 == 0:
            count = 0
            for i in range(n):
                for j in range(i + 1, n):
                    d2 = 0.0
                    for k in range(2):
                        d = x[i, k] - x[j, k]
                        d -= box * np.round(d / box)
                        d2 += d * d
                    if d2 < (cutoff + 0.2) ** 2:
                        pairs[count, 0], pairs[count, 1] = i, j
                        count += 1
        force[:] = 0.0
        energy = 0.0
        for p in range(count):
            i, j = pairs[p]
            dx = x[i, 0] - x[j, 0]
            dy = x[i, 1] - x[j, 1]
            dx -= box * np.round(dx / box)
            dy -= box * np.round(dy / box)
            d2 = dx * dx + dy * dy
            if d2 > cutoff * cutoff:
                continue
            s6 = (sigma * sigma / (d2 + 0.3)) ** 3
            energy += 4.0 * (s6 * s6 - s6)
            f = 24.0 * (2.0 * s6 * s6 - s6) / (d2 + 0.3)
            force[i, 0] += f * dx
            force[i, 1] += f * dy
            force[j, 0] -= f * dx
            force[j, 1] -= f * dy
        v += dt * force
        x += dt * v
    return energy + 0.5 * np.sum(v * v)


@program(lambda r: (r.normal(size=(3, 3)), 0.5 * r.normal(size=(3, 3)), np.ones(3)))
def three_bodies_by_leapfrog(position, velocity, masses):
    """Kick, drift, kick with softened gravity and a nested acceleration; the energy's drift."""
    eps = 0.3

    def accelerate(x, out):
        out[:] = 0.0
        for i in range(len(x)):
            for j in range(len(x)):
                if i != j:
                    d = x[j] - x[i]
                    out[i] += masses[j] * d / (np.sum(d * d) + eps**2) ** 1.5

    def energy(x, v):
        total = 0.0
        for i in range(len(x)):
            total += 0.5 * masses[i] * (v[i] @ v[i])
            for j in range(i):
                d = x[i] - x[j]
                total -= masses[i] * masses[j] / np.sqrt(d @ d + eps**2)
        return total

    x, v = position.copy(), velocity.copy()
    a = np.zeros_like(x)
    before = energy(x, v)
    accelerate(x, a)
    for step in range(10):
        v += 0.05 * a
        x += 0.1 * v
        accelerate(x, a)
        v += 0.05 * a
    return before + 2.0 * energy(x, v) + x[0, 0]


@program(
    lambda r: (r.uniform(0.3, 0.5), r.uniform(0.1, 0.3), np.array([0.4, 0.7, -0.5])), step=1e-3
)
def shaded_scene_by_ray_marching(radius, blend, light):
    """A smooth union of a sphere and a box above a floor; normals by differences, soft light."""

    def sphere(x, y, z):
        return np.sqrt(x * x + y * y + z * z) - radius

    def box(x, y, z, half=0.3):
        dx, dy, dz = abs(x) - half, abs(y) - half, abs(z) - half
        outside = np.sqrt(max(dx, 0.0) ** 2 + max(dy, 0.0) ** 2 + max(dz, 0.0) ** 2 + 1e-12)
        return outside + min(max(dx, max(dy, dz)), 0.0)

    def scene(x, y, z):
        a, b = sphere(x - 0.3, y, z), box(x + 0.3, y, z)
        h = max(blend - abs(a - b), 0.0) / blend
        return min(min(a, b) - 0.25 * h * h * blend, y + 0.6)

    norm = np.sqrt(light @ light)
    lx, ly, lz = light[0] / norm, light[1] / norm, light[2] / norm
    picture = 0.0
    for row in range(3):
        for column in range(4):
            dx, dy, dz = 0.25 * (column - 1.43), 0.22 * (1.17 - row), 1.0
            length = math.sqrt(dx * dx + dy * dy + dz * dz)
            dx, dy, dz = dx / length, dy / length, dz / length
            t = 0.0
            hit = False
            for step in range(60):
                d = scene(t * dx, t * dy, t * dz - 2.0)
                if d < 1e-4:
                    hit = True
                    break
                t += d
                if t > 6.0:
                    break
            if not hit:
                picture += 0.1 * dy
                continue
            px, py, pz = t * dx, t * dy, t * dz - 2.0
            e = 1e-4
            nx = (scene(px + e, py, pz) - scene(px - e, py, pz)) / (2.0 * e)
            ny = (scene(px, py + e, pz) - scene(px, py - e, pz)) / (2.0 * e)
            nz = (scene(px, py, pz + e) - scene(px, py, pz - e)) / (2.0 * e)
            picture += max(0.05, nx * lx + ny * ly + nz * lz) * math.exp(-0.1 * t)
    return picture


@program(lambda r: (r.uniform(0.05, 0.2, 5), r.uniform(1.3, 2.2, 5)))
def thin_film_reflectance(thickness, index):
    """The transfer matrix of a stack without absorption, kept real; averaged over the spectrum."""
    total = 0.0
    wavelengths = np.linspace(0.4, 0.7, 7)
    for wavelength in wavelengths:
        a, b, c, d = 1.0, 0.0, 0.0, 1.0
        for n, t in zip(index, thickness):
            delta = 2.0 * np.pi * n * t / wavelength
            co, si = np.cos(delta), np.sin(delta)
            a, b, c, d = (
                a * co - b * n * si,
                a * si / n + b * co,
                c * co + d * n * si,
                d * co - c * si / n,
            )
        substrate = 1.52
        real = (a - substrate * d) ** 2 + (substrate * b - c) ** 2
        whole = (a + substrate * d) ** 2 + (substrate * b + c) ** 2
        total += real / whole
    return total / len(wavelengths)


@program(lambda r: (r.uniform(0.5, 1.5, (5, 5)), np.array([0.3, 0.2])), step=2e-3)
def travel_time_by_fast_sweeping(slowness, source):
    """The eikonal equation by Gauss-Seidel sweeps in four directions until nothing changes."""
    n = slowness.shape[0]
    h = 1.0 / (n - 1)
    time = np.full((n, n), 1e3)
    for i in range(2):
        for j in range(2):
            time[i, j] = slowness[i, j] * np.hypot(i * h - source[0], j * h - source[1])
    for iteration in range(6):
        change = 0.0
        for si, sj in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
            for p in range(n):
                for q in range(n):
                    i = p if si > 0 else n - 1 - p
                    j = q if sj > 0 else n - 1 - q
                    if i < 2 and j < 2:
                        continue
                    a = min(time[i - 1, j] if i > 0 else 1e3, time[i + 1, j] if i < n - 1 else 1e3)
                    b = min(time[i, j - 1] if j > 0 else 1e3, time[i, j + 1] if j < n - 1 else 1e3)
                    f = slowness[i, j] * h
                    if abs(a - b) >= f:
                        new = min(a, b) + f
                    else:
                        new = 0.5 * (a + b + math.sqrt(2.0 * f * f - (a - b) ** 2))
                    if new < time[i, j]:
                        change = max(change, time[i, j] - new)
                        time[i, j] = new
        if change < 1e-12:
            break
    return np.sum(time) / n
