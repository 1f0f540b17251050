"""Addresses as QR codes, drawn as SVG that a strict policy lets through: no script, no style, nothing fetched."""

from __future__ import annotations

import io

import segno

_QUIET = 4  # modules of light around the code; readers need them


def svg_of(text: str, title: str = "QR code") -> str:
    """`text` as an SVG element named `title`; black on white in every theme, since readers need that.

    It has no width and height: the page that shows it says how large. Raises ValueError when the text is too long.
    """
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn,
        kind="svg",
        border=_QUIET,
        dark="#000",
        light="#fff",
        title=title,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
        xmldecl=False,
        nl=False,
    )
    return drawn.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)
