"""The report page: one self-contained HTML file, rendered from what the sections say."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Any

from valuma_graph.report.sections import Sections
from valuma_graph.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.results import Results

_TONGUES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


def render(
    aff: Affiliation,
    results: Results,
    *,
    langs: Sequence[str],
    centre: tuple[Mode, str] | None = None,
    focus: Mapping[str, pd.DataFrame],
    files: Sequence[str],
    maps: Sequence[str] = (),
    command: str,
) -> str:
    """
    Return the page as one HTML text that asks nothing of the network.

    Parameters
    ----------
    aff, results
        The affiliation network and all its results.
    langs
        The languages that the page holds; the first is shown at the start.
    centre, focus
        The node that the page begins with, and the tables that centre on it.
    files, maps
        Names of the tables and of the maps that lie beside the page.
    command
        What it was made with.

    Returns
    -------
    html
        One document, without a line that depends on the day.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> from valuma_graph.report.results import analyse
    >>> davis = vg.datasets.southern_women()
    >>> html = render(davis, analyse(davis), langs=["en"], focus={}, files=[], command="-")
    >>> html.startswith("<!doctype html>"), "Flora Price" in html
    (True, True)
    """
    voice = Voice(langs)
    page = Sections(aff, results, voice)
    titles = page.title(centre)
    style, script = _part("page.css"), _part("page.js")
    html = _template().render(
        langs=list(voice.langs),
        tongues=_TONGUES,
        t=voice.t,
        titles=titles,
        title=voice.each(titles),
        lead=voice.t("page.lead" if page.has_places else "page.lead_any"),
        describes=page.describes(),
        sections=page.all(centre, focus, command=command),
        maps=[(name, voice.t(f"page.files.map_{name}")) for name in maps],
        files=[(name, voice.t(f"table.{name}")) for name in files],
        method=page.method(command),
        sources=page.sources(),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return f"{html.rstrip()}\n"


def _template() -> Any:  # noqa: ANN401  a jinja2 template; jinja2 is imported late
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FunctionLoader(lambda name: str(_part(name))),
    )
    return environment.get_template("page.html")


def _part(name: str) -> Markup:
    """Return a file of the templates: our own markup, style or script, never data."""
    from markupsafe import Markup

    path = package_files("valuma_graph.report").joinpath("templates", name)
    return Markup(path.read_text("utf-8").replace("\r\n", "\n"))  # noqa: S704


def _hash(code: str) -> str:
    """Return what the Content-Security-Policy lets run: exactly this code, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
