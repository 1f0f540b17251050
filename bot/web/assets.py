"""Styles and scripts: served compressed, with their content hash in the address, cached for good."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from flask import Flask, Response, abort, request

_FOR_GOOD = "public, max-age=31536000, immutable"
_TEXT = (".css", ".js", ".svg")
_PICTURES = (".png",)
_IMPORTED = re.compile(rb'(?m)(?<=[ ])"\./([a-z_]+\.js)"(?=;$)')


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file, ready to send."""

    body: bytes
    zipped: bytes
    content_type: str
    digest: str


def add_assets(app: Flask) -> None:
    """Serve `/static/<name>`, and give templates `asset(name)` for its hashed address."""
    assets = _read(resources.files("bot.web").joinpath("static"))

    def asset(name: str) -> str:
        return f"/static/{name}?v={assets[name].digest}"

    def serve(name: str) -> Response:
        found = assets.get(name)
        if found is None:
            abort(404)
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.zipped if zipped else found.body, content_type=found.content_type)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        # A frame in a sandbox has no origin, so that our own pages are strangers to their styles; all here is public.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        fresh = request.args.get("v") == found.digest
        response.headers["Cache-Control"] = _FOR_GOOD if fresh else "no-cache"
        return response

    app.add_url_rule("/static/<path:name>", "static", serve)
    app.jinja_env.globals["asset"] = asset


def zip_page(response: Response) -> Response:
    """The page compressed, when the browser takes that and it pays."""
    if (
        "gzip" in request.headers.get("Accept-Encoding", "")
        and response.content_length
        and response.content_length > 1024
    ):
        response.set_data(gzip.compress(response.get_data(), compresslevel=5))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _read(folder: Traversable) -> dict[str, Asset]:
    bodies = dict(_bodies(folder))
    found: dict[str, Asset] = {}
    for name in bodies:
        _finish(name, bodies, found)
    return found


def _bodies(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir():
            yield from _bodies(item, f"{name}/")
        elif name.endswith(_TEXT + _PICTURES):
            yield name, item.read_bytes()


def _finish(name: str, bodies: Mapping[str, bytes], found: dict[str, Asset]) -> Asset:
    """The asset of that name. What a script imports is named with its own hash, so that it is cached as well."""
    if name in found:
        return found[name]

    def hashed(match: re.Match[bytes]) -> bytes:
        imported = _finish(f"{name.rpartition('/')[0]}/{match[1].decode()}", bodies, found)
        return b'"./%s?v=%s"' % (match[1], imported.digest.encode())

    body = _IMPORTED.sub(hashed, bodies[name]) if name.endswith(".js") else bodies[name]
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "text/plain"
    kind = kind if name.endswith(_PICTURES) else f"{kind}; charset=utf-8"
    digest = hashlib.sha256(body).hexdigest()[:12]
    found[name] = Asset(body, gzip.compress(body, mtime=0), kind, digest)
    return found[name]
