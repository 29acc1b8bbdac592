"""The report page: one self-contained HTML file, rendered from what the sections say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuma_graph.report.pieces import TONGUES, code_hash, part, template
from valuma_graph.report.sections import Sections
from valuma_graph.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.report.results import Results


def render(  # noqa: PLR0913  one for each part of the page
    aff: Affiliation,
    results: Results,
    *,
    langs: Sequence[str],
    centre: tuple[Mode, str] | None = None,
    focus: Mapping[str, pd.DataFrame],
    files: Sequence[str],
    maps: Sequence[str] = (),
    pages: Mapping[str, str] | None = None,
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
    pages
        The pages of networks, by id: their addresses from the page.
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
    page = Sections(aff, results, voice, pages or {})
    titles = page.title(centre)
    style, script = part("page.css"), part("page.js")
    html = template("page.html").render(
        langs=list(voice.langs),
        tongues=TONGUES,
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
        style_hash=code_hash(style),
        script_hash=code_hash(script),
    )
    return f"{html.rstrip()}\n"
