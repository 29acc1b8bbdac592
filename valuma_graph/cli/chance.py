"""The commands on pairs: `overlap` and `backbone`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from valuma_graph.cli.arguments import (
    CHOICE,
    FLAG,
    OUTPUT,
    Choice,
    Count,
    Data,
    Mode,
    Output,
    Rows,
    UsageError,
    check_level,
    form_of,
    load,
    said,
    working,
)
from valuma_graph.cli.program import answered, command, rows_of, told_by
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from collections.abc import Callable

    from valuma_graph.affiliation import Affiliation

Null = Literal["hypergeometric", "sdsm", "fdsm"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Chance:
    """
    What chance means here.

    Parameters
    ----------
    correction
        How q allows for many tests: Benjamini-Hochberg, Holm, Bonferroni, or not at all.
    over
        The tests that are counted: all pairs that could share, or only those that do.
    within
        Column of the members, such as region: each network keeps its members in every class.
    same_country
        A network with known countries could have no members of others (sdsm, fdsm).
    draws
        Random networks to draw (fdsm).
    seed
        Where the draws begin.
    """

    correction: Literal["fdr_bh", "holm", "bonferroni", "none"] = "fdr_bh"
    over: Literal["possible", "overlapping"] = "possible"
    within: str | None = None
    same_country: Annotated[bool, FLAG] = False
    draws: Count = 1000
    seed: Rows = 0


CHANCE: Final = Chance()


@command
def overlap(  # noqa: PLR0913  one for each option
    data: Data = None,
    /,
    *,
    mode: Mode = "networks",
    level: str = "all",
    min_shared: Count | None = None,
    null: Null | None = None,
    alternative: Literal["greater", "less", "two-sided"] = "greater",
    chance: Chance = CHANCE,
    abroad: Annotated[bool, FLAG] = False,
    top: Rows | None = None,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List the networks that share members, or the members that share networks.

    Parameters
    ----------
    data
        Your own tables.
    mode
        Pairs of networks, or of members.
    level
        Kind of member that is looked at, such as municipality; region and sub_region stand with
        the memberships of their municipalities.
    min_shared
        The fewest that a pair shares. By default 1 for networks, 2 for members.
    null
        Test each pair against chance: given both sizes (hypergeometric), given how much every
        member and network has on average (sdsm), or exactly (fdsm).
    alternative
        Whether q is of sharing more than chance, less, or either.
    abroad
        With --mode members and --level, list places of other countries too.
    top
        Rows to list, 0 for all. By default 30 in a table, else all.

    Examples
    --------
    $ valuma-graph overlap --level municipality --null sdsm --min-shared 5 --format csv
    """
    from valuma_graph.cli import pairs

    form = form_of(output)
    if null is None and (chance != CHANCE or alternative != "greater"):
        raise UsageError(t("cli.wrong.null", output.lang))
    aff = _loaded("overlap", data, level, null, chance, choice, output)
    fewest = min_shared or (1 if mode == "networks" else 2)
    with working("cli.working.computing", output) as step:
        test = _asked(chance, null, step, output.lang) | {"alternative": alternative}
        answer = pairs.overlap(
            aff,
            mode=mode,
            level=level,
            min_shared=fewest,
            abroad=abroad,
            test=test if null else None,
            top=rows_of(top, form),
            told_by=told_by(data, choice),
            lang=output.lang,
        )
    own = {"mode": mode, "level": level, "min_shared": fewest, "abroad": abroad, "top": top}
    own |= {"null": null, "alternative": alternative, **asdict(chance)}
    return answered(answer, form, output, own | said(data, choice))


@command
def backbone(  # noqa: PLR0913  one for each option
    data: Data = None,
    /,
    *,
    mode: Mode = "members",
    level: str = "all",
    null: Null = "sdsm",
    alpha: Annotated[float, Parameter(validator=Number(gt=0, lt=1))] = 0.05,
    signed: Annotated[bool, FLAG] = False,
    chance: Chance = CHANCE,
    abroad: Annotated[bool, FLAG] = False,
    top: Rows | None = None,
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    List the ties that are more than chance: the backbone.

    Parameters
    ----------
    data
        Your own tables.
    mode
        Ties between members, or between networks.
    level
        Kind of member that is looked at, such as municipality; region and sub_region stand with
        the memberships of their municipalities.
    null
        What is kept of the network: sizes (hypergeometric), how much every member and network
        has on average (sdsm), or exactly (fdsm).
    alpha
        The share of false finds to allow.
    signed
        List the ties that are less than chance too.
    abroad
        With --mode members and --level, places of other countries too.
    top
        Rows to list, 0 for all. By default 30 in a table, else all.

    Examples
    --------
    $ valuma-graph backbone --mode networks --null sdsm --alpha 0.01 --top 10
    """
    from valuma_graph.cli import pairs

    form = form_of(output)
    aff = _loaded("backbone", data, level, null, chance, choice, output)
    with working("cli.working.computing", output) as step:
        answer = pairs.backbone(
            aff,
            mode=mode,
            level=level,
            abroad=abroad,
            test=_asked(chance, null, step, output.lang) | {"alpha": alpha, "signed": signed},
            top=rows_of(top, form),
            told_by=told_by(data, choice),
            lang=output.lang,
        )
    own = {"mode": mode, "level": level, "abroad": abroad, "top": top}
    own |= {"null": null, "alpha": alpha, "signed": signed, **asdict(chance)}
    return answered(answer, form, output, own | said(data, choice))


# -- inside ---------------------------------------------------------------------------------------


def _loaded(
    name: str,
    data: Data,
    level: str,
    null: Null | None,
    chance: Chance,
    choice: Choice,
    output: Output,
) -> Affiliation:
    """Read the data; refuse a level or a class that it does not have, and what a null has not."""
    if null == "hypergeometric" and (chance.within or chance.same_country):
        raise UsageError(t("cli.wrong.bare", output.lang))
    aff = load(name, data, choice, output)
    check_level(aff, level, output.lang)
    if chance.within is not None and chance.within not in aff.members:
        allowed = ", ".join(sorted(aff.members.columns))
        words = {"option": "--within", "value": chance.within, "allowed": allowed}
        raise UsageError(t("cli.wrong.value", output.lang, **words))
    return aff


def _asked(
    chance: Chance, null: Null | None, step: Callable[[str], None], lang: str
) -> dict[str, object]:
    """Return what the library is asked, with a progress that shows on a terminal."""
    asked = asdict(chance)
    asked["forbidden"] = "country" if asked.pop("same_country") else None

    def progress(done: int, of: int) -> None:
        step(f"{number(done, lang)} / {number(of, lang)}")

    return asked | {"null": null, "progress": progress}
