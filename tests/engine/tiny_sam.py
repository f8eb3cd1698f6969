"""A SAM of a few layers, made of the segment-anything package's own classes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from segment_anything.modeling import (
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
)

from samdesk.engine.base import EngineInfo
from samdesk.engine.sam.convert import Converted, write_converted
from samdesk.engine.sam.openvino_runtime import OpenVinoRuntime
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime

SIDE = 256
TRAINED = Path(__file__).with_suffix(".npz")
INFO = EngineInfo("Tiny SAM", "tiny", "CPU", "tiny", "0" * 64, "float32")


def tiny_sam(seed: int = 0) -> Any:
    """Random weights; 256-pixel input, 16 x 16 x 32 embedding, 64 x 64 logits."""
    torch.manual_seed(seed)
    width = 32
    model = Sam(
        image_encoder=ImageEncoderViT(
            depth=3,
            embed_dim=48,
            img_size=SIDE,
            mlp_ratio=2,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
            num_heads=4,
            patch_size=16,
            qkv_bias=True,
            use_rel_pos=True,
            global_attn_indexes=[2],
            window_size=7,
            out_chans=width,
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=width,
            image_embedding_size=(SIDE // 16, SIDE // 16),
            input_image_size=(SIDE, SIDE),
            mask_in_chans=16,
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=2, embedding_dim=width, mlp_dim=64, num_heads=4),
            transformer_dim=width,
        ),
        pixel_mean=[123.675, 116.28, 103.53],
        pixel_std=[58.395, 57.12, 57.375],
    )
    for name, parameter in model.named_parameters():
        # Zero-initialised tables would hide mistakes in how they are indexed.
        if "rel_pos" in name or "pos_embed" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model.eval()


def trained_tiny_sam() -> Any:
    """Weights with which a click on a plain shape finds about that shape."""
    model = tiny_sam()
    with np.load(TRAINED) as weights:
        model.load_state_dict({name: torch.as_tensor(weights[name]).float() for name in weights})
    return model


def tiny_openvino(folder: Path, model: Any = None, *, exact: bool = True) -> SamSegmenter:
    """The same weights, converted into an empty folder."""
    model = model or tiny_sam()
    write_converted(model, folder, kind="tiny", name="Tiny SAM", sha256="0" * 64, exact=exact)
    converted = Converted(folder, "tiny", "Tiny SAM", "0" * 64, SIDE, exact)
    return SamSegmenter(OpenVinoRuntime(converted), INFO)


def tiny_segmenter(seed: int = 0) -> SamSegmenter:
    return SamSegmenter(TorchRuntime(tiny_sam(seed), "cpu"), INFO)
