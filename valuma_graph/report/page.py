"""The report page: one self-contained HTML file, rendered from what the sections say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from valuma_graph.report.atlas import atlas_of, encode
from valuma_graph.report.pieces import (
    TONGUES,
    code_hash,
    joined_script,
    joined_style,
    template,
)
from valuma_graph.report.prose import judged, of_members, of_networks, of_set, reach_of
from valuma_graph.report.sections import Sections
from valuma_graph.report.sentences import cited_as
from valuma_graph.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markupsafe import Markup

    from valuma_graph.affiliation import Affiliation, Mode
    from valuma_graph.policy.statements import Answers
    from valuma_graph.report.listings import Section
    from valuma_graph.report.results import Results
    from valuma_graph.report.sentences import Sentence

    Told = Mapping[str, Mapping[str, Sequence[Sentence]]]

SCRIPTS: Final = (
    "words.js", "unpack.js", "graph.js", "questions.js",
    "engine.js", "table.js", "map.js", "saving.js", "nodes.js", "state.js",
    "search.js", "lists.js", "dossier.js", "overview.js", "profile.js", "compare.js",
    "controls.js", "plan.js",
    "tables.js", "explorer.js", "opening.js", "page.js",
)  # fmt: skip
"""The scripts of the page, in the order in which they are joined; the last one starts it."""

STYLES: Final = ("page.css", "explorer.css", "grid.css", "print.css")
"""Its styles, in the order in which they are joined."""


def render(  # noqa: PLR0913  one for each part of the page
    aff: Affiliation,
    results: Results,
    *,
    langs: Sequence[str],
    centre: tuple[Mode, str] | None = None,
    answers: Answers | None = None,
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
    centre
        The node that the page begins with.
    answers
        What forms say of networks.
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
    >>> html = render(davis, analyse(davis), langs=["en"], files=[], command="-")
    >>> html.startswith("<!doctype html>"), "Flora Price" in html
    (True, True)
    """
    from markupsafe import Markup

    voice = Voice(langs)
    page = Sections(aff, results, voice, pages or {})
    titles = page.title(centre)
    style, script = joined_style(STYLES), joined_script(SCRIPTS)
    reach, risks = reach_of(aff), judged(aff, answers)
    told: Told = {
        "members": of_members(aff, results, lang=voice.langs[0]),
        "networks": of_networks(aff, results, answers, footprint=reach, risks=risks),
    }
    atlas = atlas_of(
        aff,
        results,
        langs=voice.langs,
        centre=centre,
        answers=answers,
        pages=pages,
        reach=reach,
        prose=told,
        script=script,
    )
    html = template("page.html").render(
        langs=list(voice.langs),
        tongues=TONGUES,
        t=voice.t,
        titles=titles,
        title=voice.each(titles),
        lead=page.lead(centre),
        describes=page.describes(),
        figures=page.figures(),
        unknown=page.unknown(),
        subject=_subject(page, centre, told),
        prose=_report(page, of_set(aff, results, answers, risks=risks)),
        notes=page.notes(),
        beyond=page.beyond(),
        maps=[(name, voice.t(f"page.files.map_{name}")) for name in maps],
        files=[(name, voice.t(f"table.{name}")) for name in files],
        method=page.method(command, of_all=centre is None),
        sources=page.sources(),
        has_map=atlas["map"] is not None,
        has_places=page.has_places,
        years=atlas["years"],
        year=aff.year,
        levels=list(atlas["home"]),
        data=Markup(encode(atlas)),  # noqa: S704  what could close the block is written otherwise
        style=style,
        script=script,
        style_hash=code_hash(style),
        script_hash=code_hash(script),
    )
    return f"{html.rstrip()}\n"


def _report(
    page: Sections, whole: Sequence[tuple[str, Sequence[Sentence]]]
) -> list[tuple[Markup, list[Markup]]]:
    """Return the report in prose of the whole."""
    return [(page.voice.t(key), _written(page, found)) for key, found in whole]


def _subject(page: Sections, centre: tuple[Mode, str] | None, told: Told) -> Section | None:
    """Return the report on the node that the page is about: its figures, then its prose."""
    if centre is None:
        return None
    mode, node = centre
    return page.subject(centre, _written(page, told[mode].get(node, ())))


def _written(page: Sections, sentences: Sequence[Sentence]) -> list[Markup]:
    from markupsafe import Markup

    return [
        Markup(" ").join(
            [one.to_markup(page.voice, page.names)]
            + ([cited_as(one.source, page.voice)] if one.source else [])
        )
        for one in sentences
    ]
