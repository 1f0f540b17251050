"""Another site, from another origin: pages of any kind, to embed the chat in."""

from __future__ import annotations

from flask import Flask, Response
from serving import Served

# As strict as a policy can be that still lets the widget in: nothing but its script and its frame.
STRICT = (
    "default-src 'none'; script-src {chat}; frame-src {chat}; "
    "require-trusted-types-for 'script'; trusted-types 'none'; base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Riverside Skin Clinic</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>
<body><header><h1>Riverside Skin Clinic</h1></header>
<main><p>Skin care on the river. <a href="#more" id="first">More</a></p>{body}
<p id="more">{filling}</p><p><a href="/" id="last">Home</a></p></main>
{script}</body></html>"""


class Site:
    """A site of ours for tests; pages are added while it runs. `host` decides its origin."""

    def __init__(self, host: str = "localhost") -> None:
        self._pages: dict[str, tuple[str, dict[str, str]]] = {}
        app = Flask("site")
        app.add_url_rule("/", defaults={"path": ""}, view_func=self._answer)
        app.add_url_rule("/<path:path>", view_func=self._answer)
        self._served = Served(app)
        self.origin = f"http://{host}:{self._served.port}"

    def add(self, path: str, body: str, **headers: str) -> str:
        """A page at `path`; its address. Headers are written with `_` for `-`."""
        self._pages[path] = (body, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path

    def close(self) -> None:
        self._served.close()

    def _answer(self, path: str) -> Response:
        body, headers = self._pages.get(f"/{path}", ("", {}))
        return Response(body, 200 if body else 404, headers, mimetype="text/html")


def page_with_widget(
    chat: str, attributes: str = "", *, lang: str = "en-GB", head: str = "", body: str = "", times: int = 1
) -> str:
    """A clinic's page, long enough to scroll, with the line that staff copy."""
    script = f'<script src="{chat}/widget.js" data-clinicbot async {attributes}></script>\n' * times
    return PAGE.format(lang=lang, head=head, body=body, script=script, filling="Clear skin takes time. " * 1200)
