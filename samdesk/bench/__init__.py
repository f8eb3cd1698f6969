"""Measuring engines on pictures whose masks are known."""
