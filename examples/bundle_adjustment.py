"""Find cameras and points from photographs: bundle adjustment of a small scene.

The Jacobian of one observation, 2 pixels by 9 parameters of a camera and 3 of a point, is generated
from the projection as one writes it; a loop compiled by Numba calls it for every observation, which
writes to its place in the large sparse matrix. SciPy's least squares does the rest. The scene and
its photographs are simulated, so that what is found can be compared with the truth.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np
from numba import njit
from scipy.optimize import OptimizeResult, least_squares

from adjoint import jacobian

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
CAMERA = 9  # rotation vector, translation, focal length, two coefficients of distortion
NOISE = 0.5  # pixels


# -------------------------------------------------------------------------------------- model


def project(camera, point):
    """Where a camera (9,) sees a point (3,): pixels (2,).

    The model of Snavely's Bundler, used by Agarwal et al. (2010), "Bundle adjustment in the large":
    rotation by Rodrigues' formula, translation, perspective, radial distortion.
    """
    w0, w1, w2 = camera[0], camera[1], camera[2]
    x, y, z = point[0], point[1], point[2]
    angle = np.sqrt(w0 * w0 + w1 * w1 + w2 * w2 + 1e-30)
    c, s = np.cos(angle), np.sin(angle) / angle
    along = (w0 * x + w1 * y + w2 * z) * (1.0 - c) / (angle * angle)
    px = c * x + s * (w1 * z - w2 * y) + along * w0 + camera[3]
    py = c * y + s * (w2 * x - w0 * z) + along * w1 + camera[4]
    pz = c * z + s * (w0 * y - w1 * x) + along * w2 + camera[5]
    u, v = -px / pz, -py / pz
    r = u * u + v * v
    scale = camera[6] * (1.0 + r * (camera[7] + camera[8] * r))
    return np.array([scale * u, scale * v])


projection = jacobian(project, argnums=("camera", "point"))
compiled_project = njit(project)


@njit
def residuals(cameras, points, seen, pixels):
    """Differences (2 n,) of projections and pixels (n, 2); `seen` (n, 2) says who sees what."""
    out = np.empty(2 * len(seen))
    for k in range(len(seen)):
        uv = compiled_project(cameras[seen[k, 0]], points[seen[k, 1]])
        out[2 * k] = uv[0] - pixels[k, 0]
        out[2 * k + 1] = uv[1] - pixels[k, 1]
    return out


@njit
def jacobian_of_residuals(cameras, points, seen):
    """The derivative of `residuals` (2 n, 9 cameras + 3 points): 24 numbers an observation."""
    first_point = cameras.size
    out = np.zeros((2 * len(seen), first_point + points.size))
    for k in range(len(seen)):
        c, p = seen[k]
        rows = out[2 * k : 2 * k + 2]
        by_camera = rows[:, 9 * c : 9 * c + 9]
        by_point = rows[:, first_point + 3 * p : first_point + 3 * p + 3]
        projection(cameras[c], points[p], out=(by_camera, by_point))
    return out


# -------------------------------------------------------------------------------------- scene


def true_scene(cameras: int, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Cameras (c, 9) on an arc that look at points (p, 3) on a screw around the axis."""
    turn = np.linspace(0.0, 6.0 * np.pi, points)
    spiral = np.column_stack([np.cos(turn), np.linspace(-1.0, 1.0, points), np.sin(turn)])
    poses = np.zeros((cameras, CAMERA))
    poses[:, 1] = np.linspace(-0.6, 0.6, cameras)  # turned about the vertical axis
    poses[:, 5] = -5.0  # the scene is five units in front, along -z
    poses[:, 6:] = 800.0, -0.05, 0.01
    return poses, spiral


def photograph(poses: np.ndarray, spiral: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which camera sees which point (n, 2), and where (n, 2): every point, but for every fifth."""
    pairs = [(c, p) for c in range(len(poses)) for p in range(len(spiral)) if (c + p) % 5]
    seen = np.array(pairs)
    exact = np.array([project(poses[c], spiral[p]) for c, p in pairs])
    return seen, exact + NOISE * np.random.default_rng(1).standard_normal(exact.shape)


def disturbed(poses: np.ndarray, spiral: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A first guess: the truth, out of place by about a tenth."""
    draw = np.random.default_rng(2)
    guess = poses.copy()
    guess[:, :3] += 0.03 * draw.standard_normal((len(poses), 3))
    guess[:, 3:6] += 0.1 * draw.standard_normal((len(poses), 3))
    guess[:, 6] *= 1.0 + 0.03 * draw.standard_normal(len(poses))
    guess[:, 7:] = 0.0
    return guess, spiral + 0.1 * draw.standard_normal(spiral.shape)


# ------------------------------------------------------------------------------------ fitting


def adjust(
    poses: np.ndarray, points: np.ndarray, seen: np.ndarray, pixels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, OptimizeResult]:
    """Minimise the squared residuals by a trust region; cameras, points, SciPy's result."""

    def parts(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return theta[: poses.size].reshape(-1, CAMERA), theta[poses.size :].reshape(-1, 3)

    result = least_squares(
        lambda theta: residuals(*parts(theta), seen, pixels),
        np.concatenate([poses.ravel(), points.ravel()]),
        jac=lambda theta: jacobian_of_residuals(*parts(theta), seen),
        x_scale="jac",
    )
    return *parts(result.x), result


def root_mean_square(differences: np.ndarray) -> float:
    """Of the residuals, in pixels."""
    return float(np.sqrt(np.mean(differences**2)))


def aligned(points: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Points moved, turned and scaled onto the truth: photographs cannot tell (Umeyama 1991)."""
    a, b = points - points.mean(axis=0), truth - truth.mean(axis=0)
    u, s, vt = np.linalg.svd(b.T @ a)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = np.sum(s * np.diag(flip)) / np.sum(a * a)
    return scale * a @ (u @ flip @ vt).T + truth.mean(axis=0)


def draw(path: Path, truth: np.ndarray, start: np.ndarray, found: np.ndarray) -> None:
    """The points from above and from the side: true, first guess, found."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(10, 4.8), layout="constrained")
    for panel, (a, b), title in zip(panels, [(0, 2), (0, 1)], ["above", "front"], strict=True):
        panel.plot(start[:, a], start[:, b], "x", color="tab:grey", label="first guess")
        panel.plot(truth[:, a], truth[:, b], "o", mfc="none", color="tab:blue", label="true")
        panel.plot(found[:, a], found[:, b], ".", color="tab:red", label="found")
        panel.set(title=f"from {title}", aspect="equal")
    panels[0].legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "bundle_adjustment.png")
    picture = parser.parse_args().picture

    poses, spiral = true_scene(6, 60)
    seen, pixels = photograph(poses, spiral)
    guess, start = disturbed(poses, spiral)
    before = root_mean_square(residuals(guess, start, seen, pixels))
    _, points, result = adjust(guess, start, seen, pixels)
    print(f"{len(seen)} observations, {result.x.size} parameters, {result.njev} Jacobians")
    print(f"residuals: {before:.2f} pixels before, {root_mean_square(result.fun):.3f} after")
    found = aligned(points, spiral)
    print(f"points err by {root_mean_square(found - spiral):.4f}; the scene is 2 across")
    draw(picture, spiral, start, found)
    print(f"picture: {os.path.relpath(picture)}")


if __name__ == "__main__":
    main()
