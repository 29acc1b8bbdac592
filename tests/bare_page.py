"""A page with nothing but the parts under test, under the policy of the real one."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files

from valuma_graph.text import LANGS, catalogue

TEMPLATES = files("valuma_graph") / "report" / "templates"
SCRIPTS = ("words.js", "table.js", "map.js", "saving.js")
STYLES = ("page.css", "grid.css", "print.css")
PARTS = "makeWords, makeTable, makeMap, csvOf, fileName, svgFile, pathExtent, placeTowards"


def joined(names):
    return "\n".join((TEMPLATES / name).read_text("utf-8") for name in names)


def words_of(*groups):
    texts = catalogue().items()
    return {key: [text[lang] for lang in LANGS] for key, text in texts if key.startswith(groups)}


def hashed(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def write(path, atlas, start):
    """Write the page; `start` is script that sees the parts and `atlas`, and sets `globals`."""
    atlas = {"langs": list(LANGS), "text": words_of("grid.", "plan.", "map_sheet."), **atlas}
    script = (
        f'(() => {{ "use strict";\n{joined(SCRIPTS)}\n'
        "globalThis.valumaStrict = true;\n"
        'const atlas = JSON.parse(document.getElementById("atlas").textContent);\n'
        f"const words = makeWords(atlas);\n"
        f"globalThis.parts = {{ atlas, words, {PARTS} }};\n{start}\n}})();"
    )
    style = joined(STYLES)
    policy = (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    data = json.dumps(atlas).replace("<", "\\u003c")
    path.write_text(
        f'<!doctype html><html lang="fi" class="ready"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>parts</title>'
        f'<style>{style}</style></head><body><main class="wrap"><h1>Parts</h1><h2>Map</h2>'
        f'<figure id="map"></figure><h2>Tables</h2><div id="places"></div></main>'
        f'<script type="application/json" id="atlas">{data}</script><script>{script}</script>'
        f"</body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def opened(browser, address, complaints, **options):
    """Open the page in a context of its own; what it says or asks for is added to complaints."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "blob:", "data:"))
            else complaints.append(request.url)
        ),
    )
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
    )
    page.goto(address)
    return page
