"""The smallest real pictures."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def png(width: int = 90, height: int = 60) -> bytes:
    """A white PNG of that size."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#ffffff").save(out, "PNG")
    return out.getvalue()
