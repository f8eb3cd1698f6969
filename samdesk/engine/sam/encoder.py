"""SAM's image encoder with attention that never holds a whole N x N matrix per head.

The weights are the segment-anything package's own modules; only the order of the arithmetic is
another one, so that results agree to float rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Attention: TypeAlias = Literal["chunked", "fused"]

# Rows of the attention matrix that are computed at a time on a CPU; their scores stay in its cache.
CHUNK = 256


class Encoder(nn.Module):
    """Computes the embedding of an image.

    Args:
        encoder: a `segment_anything.modeling.ImageEncoderViT`; its weights are shared.
        attention: "chunked" for CPUs, "fused" for GPUs.
    """

    def __init__(self, encoder: Any, attention: Attention) -> None:
        super().__init__()
        self.patches = encoder.patch_embed.proj
        self.grid = encoder.img_size // self.patches.kernel_size[0]
        self.positions = encoder.pos_embed
        self.blocks = encoder.blocks
        self.attentions = nn.ModuleList(
            _Attention(block.attn, self.grid, block.window_size, attention)
            for block in encoder.blocks
        )
        self.neck = encoder.neck

    def forward(self, pixels: Tensor, pause: Callable[[float], None] | None = None) -> Tensor:
        """Encodes a batch of images.

        Args:
            pixels: (B, 3, S, S), normalised and padded.
            pause: called between the steps with the fraction that is done; it may raise.

        Returns:
            (B, C, L, L).
        """
        # Images of tokens are flat: with four axes OpenVINO takes them for images whose channels it
        # may put last, and reorders them before every product.
        tokens = self.patches(pixels).flatten(2).transpose(1, 2) + self.positions.flatten(1, 2)
        for index, (block, attention) in enumerate(zip(self.blocks, self.attentions, strict=True)):
            if pause is not None:
                pause(index / len(self.blocks))
            tokens = tokens + attention(block.norm1(tokens))
            tokens = tokens + block.mlp(block.norm2(tokens))
        image = tokens.transpose(1, 2).reshape(len(pixels), -1, self.grid, self.grid)
        features: Tensor = self.neck(image)
        return features


class _Attention(nn.Module):
    """Multi-head attention with decomposed relative positions, whole or in windows.

    The bias of query (h, w) for key (i, j) is q Rh[h, i] + q Rw[w, j] (MViTv2, equation 4).
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, attention: Any, grid: int, window: int, kind: Attention) -> None:
        super().__init__()
        self.qkv = attention.qkv
        self.proj = attention.proj
        self.heads = attention.num_heads
        self.scale = attention.scale
        self.grid = grid
        self.window = window
        self.kind = kind
        self.side = window or grid
        # (query, channel, key), so that the bias is one matrix product per axis.
        self.register_buffer("rows", _by_query(attention.rel_pos_h, self.side), persistent=False)
        self.register_buffer("columns", _by_query(attention.rel_pos_w, self.side), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, G * G, C) to the same."""
        batch, count, width = tokens.shape
        grid, side, heads = self.grid, self.side, self.heads
        across = -(-grid // side)
        missing = across * side - grid
        if missing:
            # The package pads before the projection, which is the same and more to multiply.
            qkv = F.linear(tokens, self.qkv.weight).reshape(batch, grid, grid, -1)
            qkv = F.pad(qkv, (0, 0, 0, missing, 0, missing)) + self.qkv.bias
        else:
            qkv = self.qkv(tokens)
        qkv = qkv.reshape(batch, across, side, across, side, 3, heads, width // heads)
        qkv = qkv.permute(5, 0, 1, 3, 6, 2, 4, 7)
        q, k, v = qkv.reshape(3, -1, side * side, width // heads)
        seen = self._attend(q, k, v)
        seen = seen.reshape(batch, across, across, heads, side, side, width // heads)
        seen = seen.permute(0, 1, 4, 2, 5, 3, 6)
        seen = seen.reshape(batch, across * side, across * side, width)[:, :grid, :grid]
        result: Tensor = self.proj(seen.reshape(batch, count, width))
        return result

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """(B * heads, N, c) each; the same of the result."""
        batch, count, width = q.shape
        side = self.side
        grid = q.reshape(batch, side, side, width)
        # Queries of one row, or column, share a table: they are one product, with no copies of it.
        rows = grid.transpose(0, 1).reshape(side, -1, width) @ self.rows
        rows = rows.reshape(side, batch, side, side).transpose(0, 1)
        columns = grid.permute(2, 0, 1, 3).reshape(side, -1, width) @ self.columns
        columns = columns.reshape(side, batch, side, side).permute(1, 2, 0, 3)
        if self.kind == "fused":
            # The bias is q's product with each key's place, so it fits into longer queries and
            # keys, and no N x N matrix is handed to the kernel.
            bias = torch.cat([rows, columns], -1).reshape(batch, count, 2 * side)
            place = torch.eye(side, dtype=q.dtype, device=q.device)
            places = torch.cat([place.repeat_interleave(side, 0), place.repeat(side, 1)], 1).expand(
                batch, -1, -1
            )
            return F.scaled_dot_product_attention(
                torch.cat([q * self.scale, bias], -1)[None],
                torch.cat([k, places], -1)[None],
                v[None],
                scale=1.0,
            )[0]
        keys = (k * self.scale).transpose(1, 2)
        lines = max(1, min(side, CHUNK // side))
        seen = []
        for top in range(0, side, lines):
            part = slice(top, min(top + lines, side))
            scores = grid[:, part].reshape(batch, -1, width) @ keys
            scores = scores.reshape(batch, -1, side, side, side)
            scores = scores + rows[:, part, :, :, None] + columns[:, part, :, None, :]
            scores = scores.reshape(batch, -1, count)
            seen.append(scores.softmax(-1) @ v)
        return torch.cat(seen, 1) if len(seen) > 1 else seen[0]


def _by_query(table: Tensor, side: int) -> Tensor:
    """A table (2 * side - 1, c) of relative positions, as (query, c, key)."""
    place = torch.arange(side)
    relative = place[:, None] - place[None, :] + side - 1
    return table.detach()[relative].transpose(1, 2).contiguous()
