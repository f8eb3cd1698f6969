"""Render the sample pictures and the file of their true masks.

    python resources/scenes/render.py [--out FOLDER] [--only NAME] [--scale 0.25]

Writes one JPEG per scene and `truth.json`; the same code gives the same bytes. With `--only`
the file of masks holds just that picture, so it goes to `truth_NAME.json`.
"""

import argparse
import json
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from geometry import Array
from numpy.typing import NDArray
from PIL import Image
from scene import Scene, Thing, arrange
from shading import (
    PRIMARY_STEPS,
    Surfaces,
    ambient,
    camera_rays,
    illuminate,
    mean_colours,
    shadow,
    strike,
    tone_map,
)
from still_lifes import SCENES
from truth import coco, masks_of

TILE = 96  # pixels; with nine samples each the arrays of a tile stay small
GRID = 3  # samples per pixel and direction
BRIGHTEST = 6.0  # a sample's light is cut here, so that highlights keep smooth edges
QUALITY = 89
SATURATION = 0.9
NOISE = 0.004  # of full scale, the sensor's


def pick(s: Surfaces, at: NDArray[np.intp]) -> Surfaces:
    """The chosen samples."""
    return Surfaces(s.point[:, at], s.normal[:, at], s.thing[at], s.material[at], s.part[at])


def representatives(s: Surfaces, pixels: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Samples that light is computed for, and for each sample which of them it borrows from.

    Shadow and ambient light change slowly, so the samples of a pixel share them where they
    lie on one surface that hardly bends; texture and highlights stay per sample.
    """
    per = GRID * GRID
    thing = s.thing.reshape(pixels, per)
    normal = s.normal.reshape(3, pixels, per)
    point = s.point.reshape(3, pixels, per)
    same = (thing == thing[:, :1]).all(axis=1)
    bent = (normal * normal[:, :, :1]).sum(axis=0).min(axis=1)
    apart = np.abs(point - point[:, :, :1]).max(axis=(0, 2))
    even = same & (bent > 0.97) & (apart < 0.15)
    first = np.arange(pixels)[:, None] * per
    source = np.where(even[:, None], first, first + np.arange(per)[None, :]).reshape(-1)
    chosen, borrow = np.unique(source, return_inverse=True)
    return chosen, borrow.reshape(-1)


def photograph(
    scene: Scene, things: list[Thing]
) -> tuple[Array, NDArray[np.int16], NDArray[np.int16], Array]:
    """Render a scene.

    Returns linear light (H, W, 3), the samples' thing and part (H, W, S), and the mean
    distance from the camera (H, W).
    """
    width, height = scene.size
    per = GRID * GRID
    light = np.zeros((height, width, 3), dtype=np.float32)
    thing = np.zeros((height, width, per), dtype=np.int16)
    part = np.zeros((height, width, per), dtype=np.int16)
    depth = np.zeros((height, width), dtype=np.float32)
    tints, means = mean_colours(scene, things)
    offsets = (np.arange(GRID) + 0.5) / GRID
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            rows = np.arange(top, min(top + TILE, height))
            columns = np.arange(left, min(left + TILE, width))
            shape = (len(rows), len(columns), GRID, GRID)
            r = np.broadcast_to(rows[:, None, None, None] + offsets[:, None], shape).reshape(-1)
            c = np.broadcast_to(columns[:, None, None] + offsets, shape).reshape(-1)
            origin, direction = camera_rays(scene.camera, scene.size, r, c)
            s = strike(scene, things, origin, direction, 0.5, PRIMARY_STEPS)
            pixels = len(rows) * len(columns)
            chosen, borrow = representatives(s, pixels)
            few = pick(s, chosen)
            sun = shadow(scene, things, few.point, few.normal)
            sky, open_share = ambient(scene, things, tints, means, few)
            colour = illuminate(
                scene,
                things,
                tints,
                means,
                origin,
                s,
                sun[borrow],
                sky[:, borrow],
                open_share[borrow],
                mirror=True,
            )
            colour = np.minimum(colour * np.float32(scene.exposure), np.float32(BRIGHTEST))
            block = (slice(top, top + len(rows)), slice(left, left + len(columns)))
            light[block] = (
                colour.reshape(3, pixels, per).mean(axis=2).T.reshape(len(rows), len(columns), 3)
            )
            thing[block] = s.thing.reshape(len(rows), len(columns), per)
            part[block] = s.part.reshape(len(rows), len(columns), per)
            depth[block] = (
                np.sqrt(((s.point - origin) ** 2).sum(axis=0))
                .reshape(len(rows), len(columns), per)
                .mean(axis=2)
            )
    return light, thing, part, depth


def box_blur(image: Array, radius: int) -> Array:
    """Three passes of a box filter over (H, W, C), close to a Gaussian; edges repeat."""
    if radius < 1:
        return image
    out = image.astype(np.float64)
    for axis in (0, 1, 0, 1, 0, 1):
        pad = [(0, 0)] * 3
        pad[axis] = (radius + 1, radius)
        total = np.cumsum(np.pad(out, pad, mode="edge"), axis=axis)
        n = out.shape[axis]
        high = np.take(total, np.arange(2 * radius + 1, 2 * radius + 1 + n), axis=axis)
        low = np.take(total, np.arange(n), axis=axis)
        out = (high - low) / (2 * radius + 1)
    return out.astype(np.float32)


def develop(scene: Scene, light: Array, thing: NDArray[np.int16], depth: Array) -> Image.Image:
    """Lens and film: blur of the distant backdrop, bloom, vignette, tone curve, sensor noise."""
    height, width, _ = light.shape
    longer = max(width, height)
    behind = (thing < 0).mean(axis=2).astype(np.float32)[:, :, None]
    far = np.linalg.norm(np.subtract(scene.camera.target, scene.camera.eye)) + 1.8
    amount = np.clip((depth - far) / 2.5, 0, 1)[:, :, None] * (behind > 0.99)
    radius = round(scene.blur * longer / 1000)
    # Only the backdrop is averaged, else the objects would bleed into what lies behind them.
    spread = box_blur(light * behind, radius) / np.maximum(box_blur(behind, radius), 1e-3)
    light = light + (spread - light) * amount.astype(np.float32)
    bright = np.maximum(light - np.float32(1.2), 0)
    light = light + np.float32(0.12) * box_blur(bright, max(1, round(longer * 0.006)))
    y = (np.arange(height)[:, None] - height / 2) / longer
    x = (np.arange(width)[None, :] - width / 2) / longer
    light = light * (1 - 0.55 * (x * x + y * y))[:, :, None].astype(np.float32)
    shown = tone_map(light)
    # The curve drives each channel into its shoulder alone, which oversaturates.
    grey = shown @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    shown = grey[:, :, None] + np.float32(SATURATION) * (shown - grey[:, :, None])
    rng = np.random.default_rng(zlib.crc32(scene.name.encode()))
    grain = rng.standard_normal((height, width, 1), dtype=np.float32)
    shown = shown + np.float32(NOISE) * grain
    return Image.fromarray((np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8))


def scaled(scene: Scene, scale: float) -> Scene:
    """The scene with its picture size multiplied."""
    size = (max(16, round(scene.size[0] * scale)), max(16, round(scene.size[1] * scale)))
    return Scene(**{**scene.__dict__, "size": size})


def main() -> None:
    """Render what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).resolve().parent.parent / "samples"
    )
    parser.add_argument("--only", choices=list(SCENES))
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    pictures: list[tuple[str, int, int, list[dict[str, Any]]]] = []
    for name in [arguments.only] if arguments.only else list(SCENES):
        began = time.monotonic()
        scene = scaled(SCENES[name](), arguments.scale)
        things = arrange(scene)
        light, thing, part, depth = photograph(scene, things)
        file = arguments.out / f"{name}.jpg"
        develop(scene, light, thing, depth).save(
            file, quality=QUALITY, progressive=True, optimize=True
        )
        found = masks_of(things, thing, part)
        pictures.append((file.name, *scene.size, found))
        print(
            f"{file.name}: {len(found)} of {len(things)} objects, "
            f"{file.stat().st_size // 1024} KiB, {time.monotonic() - began:.0f} s",
            flush=True,
        )
    target = f"truth_{arguments.only}.json" if arguments.only else "truth.json"
    text = json.dumps(coco(pictures), separators=(",", ":"))
    (arguments.out / target).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
