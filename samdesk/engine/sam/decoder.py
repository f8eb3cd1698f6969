"""SAM's prompt encoder and mask decoder, split by what they depend on.

`ImagePart` needs no prompt: it runs once per image. `ClickPart` is what remains for each click, and
`RefinePart` the same where a click refines a prior mask. The weights are the segment-anything
package's; the arithmetic is ordered so that no product is larger than it needs to be:

- A click has few tokens (T, about 7) and the image many (N = L * L, 4096). A projection of all
  image tokens followed by a product with few others is cheaper the other way round:
  (K W) q = K (W q).
- The four transposed convolutions' offsets are columns of one matrix product.
- The mask token that answers single-mask requests is left out; SAMDesk always asks for three.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ImagePart(nn.Module):
    """What the decoder needs of an image without a prior mask.

    Args:
        sam: a `segment_anything.modeling.Sam`; its weights are shared.
    """

    places: Tensor

    def __init__(self, sam: Any) -> None:
        super().__init__()
        layer = sam.mask_decoder.transformer.layers[0]
        self.k = layer.cross_attn_token_to_image.k_proj
        self.v = layer.cross_attn_token_to_image.v_proj
        self.q = layer.cross_attn_image_to_token.q_proj
        self.register_buffer("places", _places(sam))
        self.no_prior = sam.prompt_encoder.no_mask_embed.weight

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(1, C, L, L) to the image's tokens (1, N, C) and their projections (1, N, D).

        The projections are those of the first layer: keys and values for the tokens of the
        prompt, and queries of the image.
        """
        tokens = embedding.flatten(2).transpose(1, 2) + self.no_prior
        placed = tokens + self.places
        return tokens, self.k(placed), self.v(tokens), self.q(placed)


class PriorPart(nn.Module):
    """Adds a prior mask to the four tensors of `ImagePart`.

    The last step that turns the mask into an embedding is linear, as are the projections after
    it, so each of the four is one matrix of the few channels before that step.
    """

    def __init__(self, sam: Any) -> None:
        super().__init__()
        image = ImagePart(sam)
        *before, last = sam.prompt_encoder.mask_downscaling
        self.downscaling = nn.Sequential(*before)
        weight = last.weight.detach().flatten(1).double()
        offset = last.bias.detach().double() - image.no_prior.detach()[0].double()
        projections = [
            torch.eye(weight.shape[0], dtype=torch.double, device=weight.device),
            *(linear.weight.detach().double() for linear in (image.k, image.v, image.q)),
        ]
        for index, projection in enumerate(projections):
            self.register_buffer(f"weight{index}", (projection @ weight).T.float().contiguous())
            self.register_buffer(f"offset{index}", (projection @ offset).float())

    def forward(
        self, tokens: Tensor, k: Tensor, v: Tensor, q: Tensor, prior: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """`ImagePart`'s (1, N, C) and three of (1, N, D), with logits (1, 1, 4 L, 4 L)."""
        mask = self.downscaling(prior).flatten(2).transpose(1, 2)
        return (
            tokens + (mask @ self.weight0 + self.offset0),
            k + (mask @ self.weight1 + self.offset1),
            v + (mask @ self.weight2 + self.offset2),
            q + (mask @ self.weight3 + self.offset3),
        )


class ClickPart(nn.Module):
    """Answers prompts on one image."""

    places: Tensor
    frequencies: Tensor
    kinds: Tensor
    answers: Tensor

    def __init__(self, sam: Any) -> None:
        super().__init__()
        decoder, prompts = sam.mask_decoder, sam.prompt_encoder
        self.side = sam.image_encoder.img_size
        self.lowres = prompts.image_embedding_size[0]
        self.register_buffer("places", _places(sam))
        self.register_buffer("frequencies", prompts.pe_layer.positional_encoding_gaussian_matrix)
        kinds = [prompts.not_a_point_embed, *prompts.point_embeddings]
        self.register_buffer("kinds", torch.cat([kind.weight.detach() for kind in kinds]))
        answers = [decoder.iou_token.weight.detach(), decoder.mask_tokens.weight.detach()]
        self.register_buffer("answers", torch.cat(answers))
        transformer = decoder.transformer
        self.layers: Any = transformer.layers
        self.tokens_to_image: Any = nn.ModuleList(
            _TokensToImage(layer.cross_attn_token_to_image) for layer in transformer.layers
        )
        self.image_to_tokens: Any = nn.ModuleList(
            _ImageToTokens(layer.cross_attn_image_to_token) for layer in transformer.layers
        )
        self.last = _TokensToImage(transformer.final_attn_token_to_image)
        self.last_norm = transformer.norm_final_attn
        first, norm, _, second, _ = decoder.output_upscaling
        self.first, self.first_norm, self.second = _Upscaling(first), norm, _Upscaling(second)
        self.masks = decoder.output_hypernetworks_mlps[1:]
        self.scores = decoder.iou_prediction_head

    def forward(
        self, keys: Tensor, k: Tensor, v: Tensor, q: Tensor, coords: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Decodes prompts.

        Args:
            keys, k, v, q: (1, N, C) and three of (1, N, D), of `ImagePart` or `PriorPart`.
            coords: (B, P, 2) as (x, y) in pixels of the encoder's input.
            labels: (B, P): 1 and 0 for points, 2 and 3 for box corners, -1 for the padding that
                the package adds where there is no box.

        Returns:
            Logits (B, 3, 4 L, 4 L) and predicted IoUs (B, 3).
        """
        tokens = self._tokens(coords, labels)
        queries = tokens
        for index, layer in enumerate(self.layers):
            if index == 0:
                queries = layer.self_attn(q=queries, k=queries, v=queries)
            else:
                placed = queries + tokens
                queries = queries + layer.self_attn(q=placed, k=placed, v=queries)
            queries = layer.norm1(queries)
            if index == 0:
                seen = self.tokens_to_image[0].projected(queries + tokens, k, v)
            else:
                seen = self.tokens_to_image[index](queries + tokens, keys + self.places, keys)
            queries = layer.norm2(queries + seen)
            queries = layer.norm3(queries + layer.mlp(queries))
            if index == 0:
                seen = self.image_to_tokens[0].projected(q, queries + tokens, queries)
            else:
                seen = self.image_to_tokens[index](keys + self.places, queries + tokens, queries)
            keys = layer.norm4(keys + seen)
        seen = self.last(queries + tokens, keys + self.places, keys)
        queries = self.last_norm(queries + seen)
        masks = torch.stack([mlp(queries[:, 2 + i]) for i, mlp in enumerate(self.masks)], -1)
        return self._logits(keys, masks), self.scores(queries[:, 0])[:, 1:]

    def _tokens(self, coords: Tensor, labels: Tensor) -> Tensor:
        """The tokens (B, 5 + P, C): those that will hold the answers, then the prompt's."""
        batch = coords.shape[0]
        phase = (2 * ((coords + 0.5) / self.side) - 1) @ self.frequencies * (2 * math.pi)
        place = torch.cat([torch.sin(phase), torch.cos(phase)], -1)
        place = torch.where((labels == -1)[..., None], torch.zeros_like(place), place)
        kind = F.embedding(labels.long() + 1, self.kinds)
        return torch.cat([self.answers.expand(batch, -1, -1), place + kind], 1)

    def _logits(self, keys: Tensor, masks: Tensor) -> Tensor:
        """Image tokens (B, N, C) and mask vectors (B, C / 8, 3) to logits (B, 3, 4 L, 4 L)."""
        batch, lowres = keys.shape[0], self.lowres
        finer = self.first(keys)
        # The package's norm is over channels of (B, C, H, W); here channels come last.
        norm = self.first_norm
        finer = F.gelu(F.layer_norm(finer, finer.shape[-1:], norm.weight, norm.bias, norm.eps))
        finest = F.gelu(self.second(finer))
        logits = finest.flatten(1, 3) @ masks
        logits = logits.reshape(batch, lowres, lowres, 2, 2, 2, 2, 3)
        logits = logits.permute(0, 7, 1, 3, 5, 2, 4, 6)
        return logits.reshape(batch, 3, 4 * lowres, 4 * lowres)


class RefinePart(nn.Module):
    """Answers prompts that refine a prior mask: one model, so that nothing is handed over."""

    def __init__(self, sam: Any) -> None:
        super().__init__()
        self.prior = PriorPart(sam)
        self.click = ClickPart(sam)

    def forward(
        self,
        keys: Tensor,
        k: Tensor,
        v: Tensor,
        q: Tensor,
        prior: Tensor,
        coords: Tensor,
        labels: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """`ClickPart`'s arguments and results, with a prior mask of logits (1, 1, 4 L, 4 L)."""
        answer: tuple[Tensor, Tensor] = self.click(
            *self.prior(keys, k, v, q, prior), coords, labels
        )
        return answer


class _Heads(nn.Module):
    """Attention of T tokens with N image tokens, by head, without splitting the large side.

    A token's query is repeated once per head with all other heads' channels zeroed, so that one
    product with unsplit image tokens gives the scores of every head.
    """

    own: Tensor

    def __init__(self, attention: Any) -> None:
        super().__init__()
        self.attention = attention
        heads, inner = attention.num_heads, attention.internal_dim
        self.heads = heads
        self.scale = 1 / math.sqrt(inner // heads)
        owner = torch.arange(inner) // (inner // heads)
        own = (owner[None] == torch.arange(heads)[:, None]).float()
        self.register_buffer("own", own[:, None].to(attention.q_proj.weight.device))

    def spread(self, tokens: Tensor) -> Tensor:
        """(B, T, D) to (B, heads * T, D)."""
        return (tokens[:, None] * self.own).flatten(1, 2)

    def gathered(self, spread: Tensor) -> Tensor:
        """(B, heads * T, D) to (B, T, D)."""
        batch, _, inner = spread.shape
        return (spread.reshape(batch, self.heads, -1, inner) * self.own).sum(1)


class _TokensToImage(_Heads):
    """Cross attention in which the tokens ask and the image answers."""

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """(B, T, C), (B, N, C), (B, N, C) to (B, T, C)."""
        attention = self.attention
        # The key's bias adds the same to all of a query's scores, which softmax does not see.
        asked = self.spread(attention.q_proj(queries)) @ (attention.k_proj.weight * self.scale)
        seen = _transposed(keys @ _transposed(asked)).softmax(-1) @ values
        seen = self.gathered(seen @ attention.v_proj.weight.T) + attention.v_proj.bias
        result: Tensor = attention.out_proj(seen)
        return result

    def projected(self, queries: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The same with projected keys and values, (1 or B, N, D) each."""
        asked = self.spread(self.attention.q_proj(queries) * self.scale)
        seen = self.gathered(_transposed(k @ _transposed(asked)).softmax(-1) @ v)
        result: Tensor = self.attention.out_proj(seen)
        return result


class _ImageToTokens(_Heads):
    """Cross attention in which the image asks and the tokens answer."""

    def forward(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """(B, N, C), (B, T, C), (B, T, C) to (B, N, C)."""
        k = self.spread(self.attention.k_proj(keys) * self.scale)
        asked = k @ self.attention.q_proj.weight
        offset = k @ self.attention.q_proj.bias
        return self._answered(queries @ _transposed(asked) + offset[:, None], values)

    def projected(self, q: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """The same with projected queries, (1 or B, N, D)."""
        k = self.spread(self.attention.k_proj(keys) * self.scale)
        return self._answered(q @ _transposed(k), values)

    def _answered(self, scores: Tensor, values: Tensor) -> Tensor:
        """Scores (B, N, heads * T) and values (B, T, C) to (B, N, C)."""
        batch, count, _ = scores.shape
        shares = scores.reshape(batch, count, self.heads, -1).softmax(-1).flatten(-2)
        v = self.spread(self.attention.v_proj(values)) @ self.attention.out_proj.weight.T
        result: Tensor = shares @ v + self.attention.out_proj.bias
        return result


class _Upscaling(nn.Module):
    """A transposed convolution of kernel 2 and stride 2, channels last, as a matrix product."""

    weight: Tensor
    bias: Tensor

    def __init__(self, convolution: Any) -> None:
        super().__init__()
        before, after, rows, columns = convolution.weight.shape
        assert (rows, columns) == tuple(convolution.stride) == (2, 2)
        weight = convolution.weight.detach().permute(0, 2, 3, 1)
        self.register_buffer("weight", weight.reshape(before, 4 * after).contiguous())
        self.register_buffer("bias", convolution.bias.detach())

    def forward(self, coarse: Tensor) -> Tensor:
        """(..., before) to (..., 4, after), the four pixels row by row."""
        return (coarse @ self.weight).reshape(*coarse.shape[:-1], 4, -1) + self.bias


def _transposed(matrices: Tensor) -> Tensor:
    return matrices.transpose(1, 2)


def _places(sam: Any) -> Tensor:
    """The image tokens' positional encoding, (1, N, C)."""
    with torch.no_grad():
        places: Tensor = sam.prompt_encoder.get_dense_pe().flatten(2).transpose(1, 2).contiguous()
    return places
