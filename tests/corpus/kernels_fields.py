"""Fields on grids, particles and filters in plain NumPy: slices in place, masks, rolled buffers."""

import numpy as np

from tests.corpus.registry import program


def accelerate(acc, pos, mass, softening):
    """Forces of all pairs, written to `acc`."""
    acc[:] = 0.0
    d = pos[:, np.newaxis, :] - pos[np.newaxis, :, :]
    r2 = (d**2).sum(axis=-1) + softening**2
    inv = np.zeros_like(r2)
    near = r2 < 9.0
    inv[near] = r2[near] ** -1.5
    acc -= np.einsum("ijk,ij,j->ik", d, inv, mass)


@program(
    lambda r: (r.uniform(1.0, 2.0, 5), r.normal(size=(5, 3)), 0.1 * r.normal(size=(5, 3)), 4, 0.05),
    argnums=(0, 1, 2),
)
def n_body_with_rebound_forces(mass, pos, vel, steps, dt):
    pos, vel = pos.copy(), vel - np.mean(mass[:, None] * vel, axis=0) / np.mean(mass)
    acc, old = np.empty_like(pos), np.empty_like(pos)
    accelerate(acc, pos, mass, 0.1)
    kinetic = np.ndarray(steps + 1, dtype=np.float64)
    kinetic[0] = 0.5 * np.sum(mass * np.sum(vel**2, axis=1))
    for step in range(steps):
        pos += vel * dt + 0.5 * acc * dt**2
        acc, old = old, acc
        accelerate(acc, pos, mass, 0.1)
        vel += 0.5 * (acc + old) * dt
        kinetic[step + 1] = 0.5 * np.sum(mass * np.sum(vel**2, axis=1))
    return kinetic @ np.arange(1, steps + 2)


@program(lambda r: (r.normal(size=(6, 7)), 0.3, 5), argnums=(0, 1))
def waves_in_three_buffers(u, c, steps):
    before, now, after = u.copy(), u.copy(), np.zeros_like(u)
    for _ in range(steps):
        lap = now[2:, 1:-1] + now[:-2, 1:-1] + now[1:-1, 2:] + now[1:-1, :-2] - 4 * now[1:-1, 1:-1]
        after[1:-1, 1:-1] = 2 * now[1:-1, 1:-1] - before[1:-1, 1:-1] + c**2 * lap
        after[0], after[-1] = after[1], after[-2]
        after[:, 0] = after[:, -1] = 0.0
        before, now, after = now, after, before
    return np.sum(now**2) + np.sum(np.abs(before) ** 3)


@program(lambda r: (1.0 + 0.1 * r.random(8), 0.1 * r.normal(size=(1, 8)), 0.05))
def shallow_water(h, hu, dt):
    q = np.concatenate((h[np.newaxis], hu))
    for _ in range(3):
        h, m = q
        flux = np.array([m, m * m / h + 0.5 * 9.81 * h * h])
        right, left = np.roll(q, -1, axis=-1), np.roll(q, 1, -1)
        q = (left + right) / 2 - dt / 2 * (np.roll(flux, -1, -1) - np.roll(flux, 1, -1))
    return np.sum(q[0] ** 3) + np.max(q[1])


@program(lambda r: (r.normal(size=(8, 9)), r.normal(size=(8, 9)), 1.4), mutates=True)
def red_black_relaxation(u, f, omega):
    for _ in range(2):
        for first in (0, 1):
            for row in (0, 1):
                col = (first + row) % 2
                inner = u[1 + row : -1 : 2, 1 + col : -1 : 2]
                around = u[row:-2:2, 1 + col : -1 : 2] + u[2 + row :: 2, 1 + col : -1 : 2]
                around += u[1 + row : -1 : 2, col:-2:2] + u[1 + row : -1 : 2, 2 + col :: 2]
                inner += omega * ((around - f[1 + row : -1 : 2, 1 + col : -1 : 2]) / 4 - inner)
    return np.sum((u[1:-1, 1:-1] - f[1:-1, 1:-1]) ** 2)


@program(lambda r: (np.sin(np.arange(16.0) / 3) + 0.1 * r.normal(size=16), 0.05, 0.02))
def burgers_by_spectra(u, nu, dt):
    k = 2 * np.pi * np.fft.rfftfreq(u.size)
    kept = k < 2 / 3 * np.max(k)
    for _ in range(4):
        u_hat = np.fft.rfft(u)
        u_hat[~kept] = 0.0
        u_x = np.fft.irfft(1j * k * u_hat, n=u.size)
        u_xx = np.fft.irfft(-(k**2) * u_hat, n=u.size)
        u = u + dt * (nu * u_xx - u * u_x)
    return np.sum(u**3) + u[3]


@program(lambda r: (r.normal(size=(6, 8)),))
def poisson_by_fourier(f):
    kx = 2 * np.pi * np.fft.fftfreq(f.shape[0])[:, None]
    ky = 2 * np.pi * np.fft.fftfreq(f.shape[1])[None, :]
    k2 = kx**2 + ky**2
    k2[0, 0] = 1.0
    f_hat = np.fft.fft2(f - f.mean())
    u = np.fft.ifft2(-f_hat / k2).real
    return np.sum(u**2 * np.arange(8)) + np.ptp(u)


@program(lambda r: (r.uniform(0.5, 6.5, 9), r.normal(size=9), 8), argnums=(0, 1))
def particles_in_cells(x, v, cells):
    rho = np.zeros(cells)
    for _ in range(2):
        left = np.floor(x).astype(int)
        w = x - left
        rho[...] = 0
        np.add.at(rho, left % cells, 1 - w)
        np.add.at(rho, (left + 1) % cells, w)
        field = (np.roll(rho, -1) - np.roll(rho, 1)) / 2
        v = v - 0.01 * ((1 - w) * field[left % cells] + w * field[(left + 1) % cells])
        x = np.mod(x + 0.01 * v, cells)
    return np.sum(v**2) + np.sum(rho**3)


@program(lambda r: (1.0 + 0.1 * r.random((9, 4, 5)), 0.6))
def lattice_boltzmann_with_walls(f, omega):
    f = f.copy()
    cx = np.array([0, 1, 0, -1, 0, 1, -1, -1, 1])
    cy = np.array([0, 0, 1, 0, -1, 1, 1, -1, -1])
    w = np.r_[4 / 9, [1 / 9] * 4, [1 / 36] * 4]
    wall = np.zeros((4, 5), dtype=bool)
    wall[1:3, 2] = True
    for _ in range(2):
        for i in range(9):
            f[i] = np.roll(f[i], (cx[i], cy[i]), axis=(0, 1))
        bounced = f[:, wall][[0, 3, 4, 1, 2, 7, 8, 5, 6]]
        rho = np.sum(f, axis=0)
        ux = np.tensordot(cx, f, axes=1) / rho
        uy = np.tensordot(cy, f, axes=1) / rho
        cu = 3 * (cx[:, None, None] * ux + cy[:, None, None] * uy)
        eq = rho * w[:, None, None] * (1 + cu + cu**2 / 2 - 1.5 * (ux**2 + uy**2))
        f += omega * (eq - f)
        f[:, wall] = bounced
    return np.sum(f**2 * np.arange(9)[:, None, None])


@program(lambda r: (r.random((5, 6)), 0.8, 0.3))
def bilateral_filter(image, sigma, width):
    rows, cols = image.shape
    padded = np.pad(image, 1, mode="reflect")
    total, weights = np.zeros_like(image), np.zeros_like(image)
    for di in range(-1, 2):
        for dj in range(-1, 2):
            other = padded[1 + di : 1 + di + rows, 1 + dj : 1 + dj + cols]
            near = np.exp(-(di**2 + dj**2) / (2 * sigma**2))
            weight = near * np.exp(-((other - image) ** 2) / (2 * width**2))
            total += weight * other
            weights += weight
    return np.sum((total / weights) ** 2 * np.arange(cols))


@program(lambda r: (r.random((5, 6)), 0.2))
def total_variation_flow(f, weight):
    px, py = np.zeros_like(f), np.zeros_like(f)
    for _ in range(4):
        div = np.zeros_like(f)
        div[:, 0] = px[:, 0]
        div[:, 1:] = px[:, 1:] - px[:, :-1]
        div[0] += py[0]
        div[1:] += py[1:] - py[:-1]
        u = f + weight * div
        gx = np.diff(u, axis=1, append=u[:, -1:])
        gy = np.diff(u, axis=0, append=u[-1:])
        norm = 1 + 0.25 / weight * np.sqrt(gx**2 + gy**2 + 1e-3)
        px = (px + 0.25 / weight * gx) / norm
        py = (py + 0.25 / weight * gy) / norm
    return np.sum((f + weight * (px + py)) ** 2)


@program(lambda r: (r.uniform(-1.5, 0.2, 12), r.uniform(0.1, 0.6, 12)))
def escape_with_shrinking_masks(x, y):
    c = x + 1j * y
    z = np.zeros_like(c)
    smooth = np.zeros(c.shape)
    alive = np.full(c.shape, True)
    for n in range(6):
        z[alive] = z[alive] ** 2 + c[alive]
        gone = alive & (np.abs(z) > 2.0)
        smooth[gone] = n + 1 - np.log(np.log(np.abs(z[gone])))
        alive[gone] = False
    smooth[alive] = np.abs(z[alive]) ** 2
    return np.sum(smooth * np.arange(1, 13))


@program(lambda r: (r.normal(size=(3, 3)), r.normal(size=(3, 2)), 3), argnums=(0, 1))
def contour_integral(a, b, points):
    moments = np.zeros((2, 3, 2), dtype=np.complex128)
    for k in range(points):
        z = 4.0 * np.exp(2j * np.pi * (k + 0.5) / points)
        x = np.linalg.solve(z * np.eye(3) - a, b + 0j)
        moments[0] += z * x / points
        moments[1] += z**2 * x / points
    return np.sum(np.abs(moments) ** 2)


@program(lambda r: (r.normal(size=8).astype(np.float32),), tolerance=1e-4, step=0.1)
def spectra_in_single_precision(x):
    z = np.fft.fft(x, norm="ortho")
    w = np.fft.rfft(x)
    y = np.fft.irfft(w, n=x.size)
    return np.abs(z[1]) ** 2 + y[2] * y[0] + np.abs(w[3])
