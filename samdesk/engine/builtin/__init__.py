"""The engine without weights: a random walker on superpixels (see `segmenter`).

It is no Segment Anything and never called so. Its libraries are imported when they are first
needed, so that starting the program costs nothing.
"""

from samdesk.engine.builtin.segmenter import NAME, BuiltinSegmenter

__all__ = ["NAME", "BuiltinSegmenter"]
