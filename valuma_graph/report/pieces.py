"""Templates, styles and scripts of the pages, and what lets a browser run them."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

TONGUES: Final = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
"""What each language is called in itself."""


def template(name: str) -> Any:  # noqa: ANN401  a jinja2 template; jinja2 is imported late
    """Return a template of `report/templates/` that escapes whatever it is given."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(lambda name: str(part(name))),
    )
    return environment.get_template(name)


def part(name: str) -> Markup:
    """Return a file of the templates: our own markup, style or script, never data."""
    from markupsafe import Markup

    path = package_files("valuma_graph.report").joinpath("templates", name)
    return Markup(path.read_text("utf-8").replace("\r\n", "\n"))  # noqa: S704


_COMMENT: Final = re.compile(r"^[ \t]*(?://.*|/\*(?s:.*?)\*/[ \t]*)\n", re.MULTILINE)


def lean(script: Markup) -> Markup:
    r"""
    Return a script without the lines that only comment, and without its margin.

    Parameters
    ----------
    script
        One of ours: none of them has text that runs over several lines.

    Examples
    --------
    >>> from markupsafe import Markup
    >>> lean(Markup("// one\n/**\n * two\n */\nif (a) {\n  b(); // three\n}\n"))
    Markup('if (a) {\nb(); // three\n}\n')
    """
    from markupsafe import Markup

    without = _COMMENT.sub("", script)
    return Markup(re.sub(r"^[ \t]+|^\n", "", without, flags=re.MULTILINE))  # noqa: S704  ours


def joined_script(names: Iterable[str]) -> Markup:
    """
    Return scripts joined into one that leaves no names behind.

    Examples
    --------
    >>> str(joined_script(["opening.js"])).startswith("(() => {")
    True
    """
    from markupsafe import Markup

    joined = Markup("\n").join(lean(part(name)) for name in names)
    return Markup('(() => {\n"use strict";\n%s})();\n') % joined


def joined_style(names: Iterable[str]) -> Markup:
    """
    Return style sheets joined into one.

    Examples
    --------
    >>> joined_style(["page.css"]) == part("page.css")
    True
    """
    from markupsafe import Markup

    return Markup("\n").join(map(part, names))


def code_hash(code: str) -> str:
    """
    Return what the Content-Security-Policy lets run: exactly this code, and no other.

    Examples
    --------
    >>> code_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
