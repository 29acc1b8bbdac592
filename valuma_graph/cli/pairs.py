"""What the commands on pairs answer: overlaps, and those that are more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from valuma_graph.cli.answers import (
    INFO,
    ROLLED,
    about,
    at_home_of,
    first_rows,
    left_out,
    lists,
    size,
)
from valuma_graph.cli.console import Answer, Section
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from valuma_graph.affiliation import Affiliation, Mode

ALPHA: Final = 0.05
"""The share of false finds that the words of `overlap` allow."""


def overlap(  # noqa: PLR0913  one for each option
    aff: Affiliation,
    *,
    mode: Mode = "networks",
    level: str = "all",
    min_shared: int = 1,
    abroad: bool = False,
    test: Mapping[str, object] | None = None,
    top: int = 0,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer which networks share members, or which members share networks.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        Pairs of networks, or of members.
    level
        Kind of member that is looked at; `region` and `sub_region` stand with their
        municipalities.
    min_shared
        The fewest that a pair shares.
    abroad
        Whether pairs of members of a level include places of other countries, as for `isolated`.
    test
        What `overlap` is asked of chance: `null`, `alternative`, `correction` and the rest; None
        for counts alone.
    top
        Rows; all when 0.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Rows as `overlap` gives them, with names.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> answer = overlap(vg.datasets.southern_women(), min_shared=9)
    >>> answer.sections[0].frame[["name_a", "name_b", "shared"]].values.tolist()
    [['E8', 'E9', 9]]
    """
    from valuma_graph.chance import overlap as pairs_of

    part, elsewhere = _looked_at(aff, mode, level, abroad=abroad)
    fewest = 1 if test else min_shared  # chance is asked of all, whatever is listed
    pairs = pairs_of(part, mode=mode, min_shared=fewest, **(test or {}))  # type: ignore[arg-type]
    told, beyond = dict(pairs.attrs), int((pairs["q"] <= ALPHA).sum()) if test else 0
    pairs = pairs[pairs["shared"] >= min_shared].reset_index(drop=True)
    pairs = _named(pairs, part, mode, lang)
    rows, words = first_rows(pairs, top, lang)
    shown = ["name_a", "name_b", "size_a", "size_b", "shared"]
    shown += ["expected", "p_upper", "p_lower", "q"] if test else ["jaccard", "overlap_coefficient"]
    summary = {"pairs": len(pairs), "listed": len(rows), "elsewhere": elsewhere}
    if test:
        summary |= _tests(told) | {"beyond_chance": beyond}
        words += _tested(told, "beyond", beyond, ALPHA, lang)
    summary |= size(part) | lists(aff)
    words = [*about(aff, lang, told_by), *words, *left_out(elsewhere, lang)]
    return Answer("overlap", summary, [Section("pairs", rows, shown)], words)


def backbone(
    aff: Affiliation,
    *,
    mode: Mode = "members",
    level: str = "all",
    abroad: bool = False,
    test: Mapping[str, object],
    top: int = 0,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer which ties are more than chance, and with `signed` also which are less.

    Parameters
    ----------
    aff
        The affiliation network.
    mode, level, abroad
        As for `overlap`.
    test
        What `backbone` is asked: `null`, `alpha`, `correction`, `signed` and the rest.
    top
        Rows; all when 0.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        The edges, the smallest p first, with names.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> answer = backbone(vg.datasets.southern_women(), test={"correction": "none"})
    >>> answer.summary["kept"] == len(answer.sections[0].frame)
    True
    """
    from valuma_graph.chance import backbone as of

    part, elsewhere = _looked_at(aff, mode, level, abroad=abroad)
    found = of(part, mode=mode, **test)  # type: ignore[arg-type]
    edges = _named(found.edges, part, mode, lang)
    rows, words = first_rows(edges, top, lang)
    shown = ["name_a", "name_b", "shared", "expected", "p", "q"]
    shown += ["sign"] if test.get("signed") else []
    summary: dict[str, int] = {"kept": len(edges), "listed": len(rows), "elsewhere": elsewhere}
    told = {"null": found.null, **found.summary.to_dict()}
    summary |= _tests(told)
    words += _tested(told, "kept", len(edges), found.alpha, lang)
    summary |= size(part) | lists(aff)
    words = [*about(aff, lang, told_by), *words, *left_out(elsewhere, lang)]
    return Answer("backbone", summary, [Section("edges", rows, shown)], words)


# -- inside ---------------------------------------------------------------------------------------


def _looked_at(
    aff: Affiliation, mode: Mode, level: str, *, abroad: bool
) -> tuple[Affiliation, int]:
    """Return the part that is looked at, and how many of its members lie elsewhere."""
    if level == "all":
        return aff, 0
    part = (aff.roll_up(level) if level in ROLLED else aff).select(level)
    if mode == "networks":
        return part, 0
    ids = part.members.index
    home = at_home_of(aff, level, ids, abroad=abroad)
    return part.select(members=ids[home]) if not home.all() else part, int((~home).sum())


def _named(pairs: pd.DataFrame, part: Affiliation, mode: Mode, lang: str) -> pd.DataFrame:
    names = part.names(mode, lang)
    pairs = pairs.astype({"a": "str", "b": "str"})
    for at, side in ((1, "a"), (3, "b")):
        pairs.insert(at, f"name_{side}", pairs[side].map(names))
    if mode == "networks":
        for side in ("a", "b"):
            pairs[f"list_status_{side}"] = pairs[side].map(part.networks["list_status"])
    return pairs


def _tests(told: Mapping[Any, Any]) -> dict[str, int]:
    return {key: int(told[key]) for key in ("tests_possible", "tests_overlapping")}


def _tested(told: Mapping[Any, Any], what: str, n: int, alpha: float, lang: str) -> list[str]:
    """Say how many pairs were tested, counted in both ways, and how many are beyond chance."""
    counts = {key.removeprefix("tests_"): number(of, lang) for key, of in _tests(told).items()}
    written = f"{alpha:g}" if lang == "en" else f"{alpha:g}".replace(".", ",")
    tested = t("cli.chance.tested", lang, null=t(f"null.{told['null']}", lang), **counts)
    return [tested, t(f"cli.chance.{what}", lang, n=n, alpha=written)]
