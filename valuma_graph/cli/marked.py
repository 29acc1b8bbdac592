"""The copy of a workbook in which `check` marks what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from valuma_graph.cli import console
from valuma_graph.cli.arguments import UsageError
from valuma_graph.text import Lang, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from valuma_graph.cli.arguments import Voice

_UNASKED: Final = {".xlsx", ".xlsm"}
_OF_FILES: Final = {"password", "broken_file", "renamed_file", "empty_file", "not_a_table"}
"""Problems of files that cannot be opened, so that there is nothing to mark."""


def check_copy(copy: Path | None, data: Sequence[Path], *, without: bool, lang: Lang) -> None:
    """
    Refuse a copy that cannot be made, or that would replace what somebody has worked on.

    Parameters
    ----------
    copy
        What `--copy` names.
    data
        The files that are checked.
    without
        Whether there is to be no copy.
    lang
        Language of the message.

    Examples
    --------
    >>> check_copy(None, [], without=True, lang="en")
    """
    if copy is None:
        return
    if len(data) != 1 or without or copy.suffix.lower() != ".xlsx":
        raise UsageError(t("cli.copy.one", lang))
    if copy.is_dir():
        raise UsageError(t("cli.wrong.folder", lang, file=copy))
    if not data[0].exists():
        return  # which is said of every file
    from valuma_graph.exports.copies import untouched

    own = copy.exists() and copy.samefile(data[0])
    if own or (copy.exists() and not untouched(copy)):
        raise UsageError(t("cli.copy.there", lang, file=copy))


def write_copies(
    problems: pd.DataFrame, copy: Path | None, data: Sequence[Path], voice: Voice
) -> None:
    """
    Write a marked copy of each Excel workbook with problems, or the one that was asked for.

    Parameters
    ----------
    problems
        What `check` found.
    copy
        Where the copy goes; None for a place beside each workbook.
    data
        The files that were checked.
    voice
        How to speak.

    Examples
    --------
    >>> import pandas as pd
    >>> from valuma_graph.cli.arguments import VOICE
    >>> write_copies(pd.DataFrame({"file": [], "code": []}), None, [], VOICE)
    """
    for file in data:
        if copy is None and file.suffix.lower() not in _UNASKED:
            continue
        own = problems[problems["file"].map(lambda name, file=file: _within(name, file))]
        if not len(own):
            _tell_of_old(copy, file, voice)
            continue
        if own["code"].isin(_OF_FILES).any() and len(own) == 1:
            continue
        _write_one(file, own, copy, voice)


# -- inside ---------------------------------------------------------------------------------------


def _within(name: str, file: Path) -> bool:
    """Tell whether a problem is of a file, or of a file in a folder."""
    return name == str(file) or Path(name).parent == file


def _tell_of_old(copy: Path | None, file: Path, voice: Voice) -> None:
    """Say which copies of earlier checks mark what is right by now."""
    from valuma_graph.exports.copies import earlier, stamped

    for path in earlier(file) if copy is None else filter(stamped, [copy]):
        console.say(t("cli.copy.old", voice.lang, file=path), quiet=voice.quiet)


def _write_one(file: Path, problems: pd.DataFrame, copy: Path | None, voice: Voice) -> None:
    from valuma_graph.exports.copies import copy_of
    from valuma_graph.exports.extensions import lost
    from valuma_graph.exports.marks import mark

    target = copy or copy_of(file)
    try:
        marked = mark(file, problems, target, lang=voice.lang)
    except OSError as error:
        if copy is not None:
            raise
        reason = error.strerror or type(error).__name__
        console.say(t("cli.copy.failed", voice.lang, file=target, reason=reason))
        return
    if marked is None:
        return
    console.say(t("cli.copy.wrote", voice.lang, n=marked, file=target), quiet=voice.quiet)
    if parts := lost(file):
        named = ", ".join(t(f"cli.copy.part.{part}", voice.lang) for part in parts)
        console.say(t("cli.copy.lost", voice.lang, parts=named), quiet=voice.quiet)
