"""Checkpoints with random weights: as fast and as large as real ones, and there without a download.

Their masks mean nothing, and cover most of the image: clicks are measured at their dearest. For
masks of everything the decoder is bent so that there is something to filter and to compare.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from samdesk.errors import CheckpointError

# Of the three masks that a bent decoder answers with, as shares of the image's side.
_RADII = (0.06, 0.12, 0.2)
_SHARPNESS = 40.0  # of its logits: 1 at the mask's inside, before it is multiplied by this
_SCORES = (0.86, 0.04)  # mean and deviation of its predicted IoUs: half pass the usual threshold


def random_checkpoint(kind: str, folder: Path, *, is_local: bool = False) -> Path:
    """A checkpoint file of a kind, the same on every call; made where it is not in the folder.

    Args:
        is_local: its masks lie around the point that asks for them, one inside the other, and
            about half of them pass the usual thresholds.

    Raises:
        CheckpointError: it cannot be written.
    """
    path = folder / f"random_{'local_' if is_local else ''}{kind}.pth"
    if path.exists():
        return path
    import torch
    from segment_anything import sam_model_registry

    torch.manual_seed(0)
    model = sam_model_registry[kind]()
    for name, parameter in model.named_parameters():
        # Zero-initialised tables would hide mistakes in how they are indexed.
        if "rel_pos" in name or "pos_embed" in name:
            torch.nn.init.normal_(parameter, std=0.02)
    if is_local:
        with torch.no_grad():
            _bend(model.eval())
    _save(model.state_dict(), path)
    return path


def _bend(model: Any) -> None:
    """Changes a random model's decoder so that masks are local.

    The dot product of two positional encodings falls with their distance. So the last attention
    of image to tokens is made to compare places, tokens are kept apart on their way there, and
    what sets the image near the point apart is fitted by least squares.
    """
    import torch

    prompts, decoder = model.prompt_encoder, model.mask_decoder
    first, last = decoder.transformer.layers
    for part in (first.norm4, last.norm3):
        part.weight *= 0.3
    model.image_encoder.neck[-1].weight *= 0.1
    kinds = (prompts.no_mask_embed, prompts.not_a_point_embed, *prompts.point_embeddings)
    for embedding in (*kinds, decoder.iou_token, decoder.mask_tokens):
        embedding.weight *= 0.3
    look, compare = first.self_attn, last.cross_attn_image_to_token
    for projection in (look.v_proj, look.out_proj, compare.v_proj, compare.out_proj):
        torch.nn.init.orthogonal_(projection.weight)
    compare.v_proj.weight *= 3
    for projection in (look.q_proj, look.k_proj):
        projection.weight.copy_(3 * torch.eye(len(projection.weight)))
    # The lowest frequencies, sine and cosine, shared out among the heads.
    frequencies = prompts.pe_layer.positional_encoding_gaussian_matrix.norm(dim=0)
    inner, heads = compare.internal_dim, compare.num_heads
    chosen = frequencies.argsort()[: inner // 2].reshape(heads, -1).T.flatten()
    chosen = torch.stack([chosen, chosen + len(frequencies)], -1).flatten()
    for projection in (compare.q_proj, compare.k_proj):
        projection.weight.copy_(2 * torch.eye(2 * len(frequencies))[chosen])
        projection.bias.zero_()
    for convolution in (decoder.output_upscaling[0], decoder.output_upscaling[3]):
        convolution.weight.copy_(convolution.weight[:, :, :1, :1].expand_as(convolution.weight))
    _fit(model)


def _fit(model: Any) -> None:
    """The last weights of the masks and scores, by some points on an image of noise."""
    import torch

    prompts, decoder = model.prompt_encoder, model.mask_decoder
    rows, side = prompts.image_embedding_size[0], prompts.input_image_size[0]
    places = (torch.arange(6) + 0.5) / 6
    points = torch.stack(torch.meshgrid(places, places, indexing="xy"), -1).reshape(-1, 2)
    sparse, dense = prompts((points[:, None] * side, torch.ones(len(points), 1)), None, None)
    noise = 0.1 * torch.randn(1, prompts.embed_dim, rows, rows)
    seen: list[Any] = []
    hooks = [
        part.register_forward_hook(lambda _module, _inputs, answer: seen.append(answer))
        for part in (decoder.output_upscaling, decoder.iou_prediction_head)
    ]
    decoder(noise, prompts.get_dense_pe(), sparse, dense, True)
    for hook in hooks:
        hook.remove()
    pixels, scores = seen
    pixels = pixels[:, :, ::4, ::4].permute(0, 2, 3, 1)
    centres = (torch.arange(rows) + 0.5) / rows
    grid = torch.stack(torch.meshgrid(centres, centres, indexing="xy"), -1)
    distances = (grid - points[:, None, None]).norm(dim=-1)
    for radius, network in zip(_RADII, decoder.output_hypernetworks_mlps[1:], strict=True):
        inside = distances < radius
        # The few pixels inside count more, but not as much as all those outside.
        weight = torch.where(inside, (~inside).sum() / inside.sum(), 1.0)[..., None] ** 0.3
        wanted = torch.where(inside, 1.0, -1.0)[..., None] * weight
        fitted = torch.linalg.lstsq((pixels * weight).flatten(0, 2), wanted.flatten(0, 2)).solution
        network.layers[-1].weight.zero_()
        network.layers[-1].bias.copy_(_SHARPNESS * fitted[:, 0])
    mean, deviation = _SCORES
    head = decoder.iou_prediction_head.layers[-1]
    factor = deviation / scores.std(0)
    head.weight *= factor[:, None]
    head.bias.copy_((head.bias - scores.mean(0)) * factor + mean)


def _save(weights: dict[str, Any], path: Path) -> None:
    import torch

    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            torch.save(weights, stream)
        os.replace(temporary, path)
    except BaseException as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        # torch's writer wraps what the disk says in a RuntimeError.
        if isinstance(error, (OSError, RuntimeError)):
            raise CheckpointError(
                f"Random weights cannot be written to {path}: {error}.",
                "Free space there, set SAMDESK_HOME, or name a checkpoint file.",
            ) from error
        raise


def run(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench` that makes them.

    Args:
        spec: "kind", "folder" and "is_local", as `random_checkpoint` takes them.
    """
    path = random_checkpoint(spec["kind"], Path(spec["folder"]), is_local=spec["is_local"])
    yield {"checkpoint": str(path)}
