"""The command on the part that a place plays in its networks, and what it pays for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valuma_graph.cli.arguments import (
    CHOICE,
    OUTPUT,
    Choice,
    Output,
    form_of,
    load_answers,
    working,
)
from valuma_graph.cli.console import WRAP, Answer, Section
from valuma_graph.cli.frameworks import Forms, asked, first
from valuma_graph.cli.program import answered, command, told_by
from valuma_graph.text import number, t

if TYPE_CHECKING:
    from valuma_graph.affiliation import Affiliation
    from valuma_graph.policy.statements import Answers


@command
def roles(
    place: str,
    /,
    *,
    forms: Forms = (),
    choice: Choice = CHOICE,
    output: Output = OUTPUT,
) -> int:
    """
    Say which part a place plays in each of its networks (engine, follower, learner), and its fee.

    Parameters
    ----------
    place
        Name in any language, code or id of a member.
    forms
        Forms that `template` made, and tables of members: the DATA of other commands.

    Examples
    --------
    $ valuma-graph roles Hämeenlinna
    """
    from valuma_graph.portfolio import locate

    form, lang = form_of(output), output.lang
    aff, answers = load_answers("roles --form", forms, choice, output)
    member, _ = locate(aff, place, lang=lang)
    with working("cli.working.computing", output):
        answer = parts(
            aff, member, answers=answers, told_by=told_by(first(forms), choice), lang=lang
        )
    return answered(answer, form, output, {"place": member} | asked(forms, choice))


def parts(
    aff: Affiliation,
    member: str,
    *,
    answers: Answers | None = None,
    told_by: str = "valuma-graph info",
    lang: str = "en",
) -> Answer:
    """
    Answer which part a member plays in each of its networks.

    Parameters
    ----------
    aff, answers
        The affiliation network, and what users say.
    member
        Its id.
    told_by
        The command that says which rows are not used.
    lang
        Language of names and words.

    Returns
    -------
    answer
        Rows of `policy.roles`, with the fee of `policy.fees`: `network_id`, `name`, `role`,
        `reasons`, `fee_low`, `fee_high`, `currency`, `per`, `fee_status`, `basis`, `source`.
    """
    from valuma_graph.cli.answers import about
    from valuma_graph.policy.dues import fees
    from valuma_graph.policy.parts import roles as played

    found = played(aff, member, answers=answers, lang=lang).reset_index()
    dues = fees(aff, member, answers=answers, lang=lang).drop_duplicates("network_id")
    paid = dues.set_index("network_id")[["fee_low", "fee_high", "currency", "per", "status"]]
    rows = found.join(paid.rename(columns={"status": "fee_status"}), on="network_id")
    counts = {
        part: int(rows["role"].eq(part).sum())
        for part in ("engine", "follower", "learner", "unknown")
    }
    told = {key: number(count, lang) for key, count in counts.items()}
    name = aff.names(lang=lang)[member]
    shown = ["name", "role_label", "reasons", "fee_low", "fee_high", "currency"]
    keys = [
        "network_id", "name", "role", "role_label", "reasons", "fee_low", "fee_high", "currency",
        "per", "fee_status", "basis", "source",
    ]  # fmt: skip
    return Answer(
        "roles",
        {"place": member, "networks": len(rows), **counts},
        [Section("parts", rows[keys], shown, wrap=WRAP)],
        [*about(aff, lang, told_by), t("cli.roles.about", lang, name=name, **told)],
    )
