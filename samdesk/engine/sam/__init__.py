"""Segment Anything, on PyTorch and on OpenVINO."""
