"""What each command answers: the tables of the library with names, a summary and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from valuma_graph.cli.console import FLAGGED, Answer, Section
from valuma_graph.text import number, sort_key, t

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from valuma_graph.affiliation import Affiliation, Mode

STATUSES: Final = (
    "isolated", "no_known_membership", "single_network", "bridge_dependent",
    "separate_component", "connected",
)  # fmt: skip
ROLLED: Final = ("region", "sub_region")
"""Levels whose groups stand with the memberships of their municipalities."""

INFO: Final = "valuma-graph info"
"""The command that says why rows are not used, unless data was chosen."""

SHOWN: Final = 30
"""Rows of a long table for people, unless asked otherwise."""


def isolated(
    aff: Affiliation,
    *,
    level: str = "municipality",
    min_networks: int = 1,
    abroad: bool = False,
    statuses: Collection[str] = (),
    fail_on: Collection[str] = (),
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer who is left outside.

    Parameters
    ----------
    aff
        The affiliation network.
    level
        Kind of member, or `all`.
    min_networks
        As for `isolation`.
    abroad
        Whether places of other countries are judged too: of them only those are in the set that
        are members of something.
    statuses
        What is listed; all but `connected` when empty.
    fail_on
        Statuses for which the exit code is 3 where a member has one.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Rows by status, the worst first, then by name.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> isolated(vg.datasets.southern_women(), level="all").summary["connected"]
    18
    """
    from valuma_graph.measures.isolates import isolation

    every = level == "all"
    one = None if every else level
    frame = isolation(aff, level=one, min_networks=min_networks, abroad=True, lang=lang)
    names = aff.names("networks", lang)
    frame.insert(2, "country", _countries(aff, level, frame.index))
    home = at_home_of(aff, level, frame.index, abroad=abroad)
    frame, elsewhere = frame[home], int((~home).sum())
    at = [*frame.columns].index("depends_on") + 1
    frame.insert(at, "depends_on_name", frame["depends_on"].map(names))
    counts = frame["status"].value_counts().reindex(STATUSES, fill_value=0).astype(int)
    wanted = list(statuses) or [s for s in STATUSES if s != "connected"]
    rank = {status: i for i, status in enumerate(STATUSES)}
    listed = frame[frame["status"].isin(wanted)]
    listed = _sorted(listed, listed["status"].map(rank))
    failed = int(counts.reindex([*set(fail_on)]).sum())
    told = ", ".join(f"{t(f'status.{s}', lang)} {number(n, lang)}" for s, n in counts.items() if n)
    if len(frame) and counts["connected"] == len(frame):
        words = [t("cli.isolated.none", lang, count=number(len(frame), lang))]
    else:
        words = [t("cli.isolated.counts", lang, n=len(frame), statuses=told)]
        words += [] if len(listed) else [t("cli.about.empty", lang)]
    words += left_out(elsewhere, lang)
    words += _at_most(aff, lang) if len(listed) else []
    if fail_on:
        words.append(t("cli.isolated.failed", lang, count=number(failed, lang)))
    shown = ["name", *(["kind"] if every else []), *(["country"] if every or abroad else [])]
    shown += ["status", "networks", "networks_possible"]
    shown += ["networks_own", "networks_of_municipalities"] if "networks_own" in frame else []
    shown += ["depends_on_name", *([] if "networks_own" in frame else ["neighbours_in"])]
    by_status = {status: int(counts[status]) for status in STATUSES}
    return Answer(
        "isolated",
        {
            "judged": len(frame),
            "elsewhere": elsewhere,
            **by_status,
            "listed": len(listed),
            "failed": failed,
            **size(aff),
            **lists(aff),
        },
        [Section("members", listed.rename_axis("member_id").reset_index(), shown)],
        [*about(aff, lang, told_by), *words],
        code=FLAGGED if failed else 0,
    )


def measure(
    aff: Affiliation,
    *,
    mode: Mode = "members",
    level: str = "all",
    measures: Sequence[str] = (),
    abroad: bool = False,
    top: int = 0,
    told_by: str = INFO,
    lang: str = "en",
) -> Answer:
    """
    Answer who is central, and who stands between others.

    Parameters
    ----------
    aff
        The affiliation network.
    mode
        Which side to score.
    level
        Kind of member to list; `region` and `sub_region` stand with their municipalities.
    measures
        Columns of `centrality` and `brokerage`; all when empty.
    abroad
        Whether members of a level include places of other countries, as for `isolated`.
    top
        Rows; all when 0.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Rows by the first of the measures, the most central first; for `constraint`, the least
        constrained.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> answer = measure(vg.datasets.southern_women(), mode="networks", measures=["degree"])
    >>> answer.sections[0].frame["network_id"].tolist()[:2]
    ['E8', 'E9']
    """
    from valuma_graph.measures import CENTRALITIES, brokerage, centrality

    whole = aff.roll_up(level) if level in ROLLED else aff
    wanted = list(dict.fromkeys(measures))
    central = [m for m in CENTRALITIES if m in wanted] or ([] if wanted else [*CENTRALITIES])
    frame = centrality(whole, mode=mode, measures=central)
    if not wanted or len(central) < len(wanted):
        frame = frame.join(brokerage(whole, mode=mode))
    wanted = wanted or list(frame.columns)
    table = whole.members if mode == "members" else whole.networks
    columns = ["kind", "country"] if mode == "members" else ["kind", "list_status"]
    described = table[columns].copy()
    described.insert(0, "name", whole.names(mode, lang))
    frame = described.join(frame[wanted])
    elsewhere = 0
    if mode == "members" and level != "all":
        frame = frame[frame["kind"].eq(level)]
        home = at_home_of(aff, level, frame.index, abroad=abroad)
        frame, elsewhere = frame[home], int((~home).sum())
    lead = frame[wanted[0]]
    frame = _sorted(frame, lead if wanted[0] == "constraint" else -lead)
    rows, words = first_rows(frame, top, lang)
    index = "member_id" if mode == "members" else "network_id"
    kinds = "kind" if mode == "members" else "network_kind"
    shown = ["name", *(["kind"] if level == "all" or mode == "networks" else []), *wanted]
    shown += ["list_status"] if mode == "networks" else []
    section = Section(mode, rows.rename_axis(index).reset_index(), shown, kinds)
    summary = {"rows": len(frame), "listed": len(rows), "elsewhere": elsewhere}
    summary |= size(whole) | lists(aff)
    words = [*about(aff, lang, told_by), *words, *left_out(elsewhere, lang)]
    return Answer("measure", summary, [section], words)


def portfolio(
    aff: Affiliation, place: str, *, top: int = 10, told_by: str = INFO, lang: str = "en"
) -> Answer:
    """
    Answer which networks a member is in, who its closest peers are, and what it lacks.

    Parameters
    ----------
    aff
        The affiliation network.
    place
        Name in any language, code or id.
    top
        Peers, and networks that it lacks; all when 0.
    told_by
        The command that says why rows of the same data are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Sections `networks`, `peers` and `lacks`, as `portfolio.Portfolio` describes them.

    Raises
    ------
    UnknownNodeError
        If nothing or several are called so.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> answer = portfolio(vg.datasets.southern_women(), "Flora Price")
    >>> answer.summary["networks"]
    2
    """
    from valuma_graph.portfolio import despite_open_list, locate, named
    from valuma_graph.portfolio import portfolio as of

    member, former = locate(aff, place, lang=lang)
    found = of(aff, member, lang=lang)
    is_of = found.standing
    name, towns = str(is_of["name"]), aff.names(lang=lang)
    networks = found.networks.copy()
    split = networks["through"].str.split(";")
    through = [", ".join(towns[i] for i in ids) if isinstance(ids, list) else None for ids in split]
    networks.insert(
        [*networks.columns].index("through") + 1,
        "through_names",
        pd.Series(through, networks.index, dtype="str"),
    )
    networks["municipalities"] = (networks["through"].str.count(";") + 1).astype("Int64")
    words = about(aff, lang, told_by)
    if former is not None:
        words.append(t("cli.portfolio.former", lang, asked=place, name=name))
    possible = number(int(is_of["networks_possible"]), lang)
    status = t(f"status.{is_of['status']}", lang)
    words.append(
        t(
            "cli.portfolio.about",
            lang,
            name=name,
            n=int(is_of["networks"]),
            possible=possible,
            status=status,
        )
    )
    depends_on = None if pd.isna(is_of["depends_on"]) else str(is_of["depends_on"])
    if depends_on is not None:
        network = aff.names("networks", lang)[depends_on]
        words.append(t("cli.portfolio.depends_on", lang, network=network))
    if is_of["status"] != "connected":
        words.append(t(f"status_means.{is_of['status']}", lang))
    if networks.empty and found.peers.empty and found.lacks.empty:
        words.append(t("cli.about.empty", lang))
    elif found.lacks.empty:
        words.append(t("portfolio.lacks_none", lang))
    words += _at_most(aff, lang)
    if len(found.lacks):
        compared = int(found.lacks["compared"].iloc[0])
        words += [t(f"portfolio.by_{found.basis}", lang, n=compared), t("means.standing", lang)]
    decided = despite_open_list(found.lacks)["name"].tolist()
    if decided:
        words.append(t("portfolio.decided", lang, n=len(decided), networks=named(decided)))
    # Narrow enough to be read: the rest is in CSV and JSON.
    shown = ["name", "role", "since", "list_status", "known", "declared"]
    shown += ["municipalities"] if networks["through"].notna().any() else []
    peers, lacks = (first_rows(frame, top, lang)[0] for frame in (found.peers, found.lacks))
    cut = [
        t(f"cli.portfolio.cut_{name}", lang, shown=number(top, lang), count=number(len(all_), lang))
        for name, all_ in (("peers", found.peers), ("lacks", found.lacks))
        if top and len(all_) > top
    ]
    words += [t("cli.portfolio.cut", lang, parts=", ".join(cut))] if cut else []
    return Answer(
        "portfolio",
        {
            "member_id": member,
            "name": name,
            "kind": str(is_of["kind"]),
            "former_member_id": former,
            "status": str(is_of["status"]),
            "networks": int(is_of["networks"]),
            "networks_possible": int(is_of["networks_possible"]),
            "depends_on": depends_on,
            "peers": len(found.peers),
            "lacks": len(found.lacks),
            "compared_by": found.basis,
            **lists(aff),
        },
        [
            Section("networks", networks, shown, "network_kind"),
            Section("peers", peers, ["name", "kind", "country", "networks", "shared", "jaccard"]),
            Section(
                "lacks",
                lacks,
                ["name", "peers_in", "standing", "known", "declared"],
                "network_kind",
            ),
        ],
        words,
    )


def size(aff: Affiliation) -> dict[str, int]:
    """
    Count members, networks and memberships.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> size(vg.datasets.southern_women())
    {'members': 18, 'networks': 14, 'memberships': 89}
    """
    return {
        "members": len(aff.members),
        "networks": len(aff.networks),
        "memberships": int(aff.incidence.nnz),
    }


def lists(aff: Affiliation) -> dict[str, int]:
    """
    Count the networks whose list of members is complete, partial or unknown.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> lists(vg.datasets.southern_women())
    {'lists_complete': 14, 'lists_partial': 0, 'lists_unknown': 0}
    """
    status = aff.networks["list_status"].fillna("unknown")
    return {f"lists_{s}": int(status.eq(s).sum()) for s in ("complete", "partial", "unknown")}


def about(aff: Affiliation, lang: str, told_by: str = INFO) -> list[str]:
    """
    Say what the numbers describe, and how much is unknown.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> about(vg.datasets.southern_women(), "en")[1]
    'All lists of members (14) are taken as complete: no table of networks says otherwise.'
    """
    words = described(aff, lang)
    aside = len(aff.set_aside)
    return [*words, t("cli.about.aside", lang, n=aside, command=told_by)] if aside else words


def described(aff: Affiliation, lang: str) -> list[str]:
    """
    Say what the numbers describe, without the rows that are not used.

    Examples
    --------
    >>> import valuma_graph as vg
    >>> described(vg.datasets.southern_women(), "en")[0]
    'All years together: 18 members, 14 networks, 89 memberships.'
    """
    from valuma_graph.portfolio import of_register

    year = "cli.about.all_years" if aff.year is None else "cli.about.year"
    sizes = {key: t(f"cli.count.{key}", lang, n=n) for key, n in size(aff).items()}
    words = [t("cli.about.set", lang, when=t(year, lang, year=aff.year), **sizes)]
    status = {key.removeprefix("lists_"): n for key, n in lists(aff).items()}
    told = {key: number(n, lang) for key, n in status.items()}
    whole = not status["partial"] and not status["unknown"]
    alone = not of_register(aff)
    complete = "cli.about.lists_taken" if alone else "cli.about.lists_complete"
    words.append(t(complete if whole else "cli.about.lists", lang, **told))
    words += [t("cli.check.taken", lang)] if alone and status["complete"] and not whole else []
    return words


def at_home_of(aff: Affiliation, level: str, ids: pd.Index, *, abroad: bool) -> np.ndarray:
    """Say which of the members of a level are not left out, as `isolation` leaves them out."""
    from valuma_graph.measures.isolates import at_home

    if abroad or level == "all":
        return np.ones(len(ids), dtype=bool)
    return at_home(aff, level).reindex(ids, fill_value=False).to_numpy()


def left_out(elsewhere: int, lang: str) -> list[str]:
    """Say how many places of other countries and times are not listed."""
    return [t("cli.about.elsewhere", lang, n=elsewhere)] if elsewhere else []


def first_rows(frame: pd.DataFrame, top: int, lang: str) -> tuple[pd.DataFrame, list[str]]:
    """Cut a table, and say so; say too that there is nothing in it."""
    if not len(frame):
        return frame, [t("cli.about.empty", lang)]
    if not top or len(frame) <= top:
        return frame, []
    count = number(len(frame), lang)
    return frame.head(top), [t("cli.about.rows", lang, shown=number(top, lang), count=count)]


# -- inside ---------------------------------------------------------------------------------------


def _countries(aff: Affiliation, level: str, ids: pd.Index) -> pd.Series:
    """Return the country of each place; a group of municipalities lies where they do."""
    country = aff.members["country"].reindex(ids)
    if level not in ROLLED or level not in aff.members:
        return country
    towns = aff.members[aff.members["kind"].eq("municipality")]
    return country.fillna(towns.groupby(level)["country"].first().reindex(ids))


def _at_most(aff: Affiliation, lang: str) -> list[str]:
    """Explain `networks_possible`, where it can be more than what is known."""
    whole = aff.networks["list_status"].eq("complete").all()
    return [] if whole else [t("means.possible", lang)]


def _sorted(frame: pd.DataFrame, first: pd.Series) -> pd.DataFrame:
    """Sort by a key (missing last), then by name as the languages do, then by id."""
    key = pd.DataFrame({"first": first, "name": frame["name"].map(sort_key)}, index=frame.index)
    key["id"] = frame.index
    order = key.sort_values(["first", "name", "id"], na_position="last", kind="stable").index
    return frame.loc[order]
