"""A small drawing of the four fields, with the place of a network in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from valuma_graph.report.voice import Voice

_ACROSS: Final = {"top_down": 60, "mixed": 120, "bottom_up": 180}
_DOWN: Final = {"targeted": 45, "general": 135}
_FIELDS: Final = {"A": (0, 0), "B": (120, 0), "C": (0, 90), "D": (120, 90)}


@dataclass(frozen=True)
class Place:
    """
    Where a network stands among the four fields.

    Parameters
    ----------
    fields
        Model, its corner (x, y), whether it is the network's, and its words.
    across, down
        Where the mark stands; None where that is not known.
    sides
        Words on the axes: left, right, above, below.
    """

    fields: Sequence[tuple[str, int, int, bool, Markup]]
    across: int | None
    down: int | None
    sides: tuple[Markup, Markup, Markup, Markup]


def place_of(direction: object, focus: object, model: object, voice: Voice) -> Place | None:
    """
    Return the drawing of a place; None where nothing of it is known.

    Parameters
    ----------
    direction, focus
        As in `policy.quadrant`.
    model
        Models with ";" between them.
    voice
        The languages.

    Examples
    --------
    >>> from valuma_graph.report.voice import Voice
    >>> drawn = place_of("bottom_up", "targeted", "B", Voice(("en",)))
    >>> drawn.across, drawn.down, [name for name, _, _, own, _ in drawn.fields if own]
    (180, 45, ['B'])
    >>> place_of(None, None, None, Voice(("en",))) is None
    True
    """
    if direction is None and focus is None and model is None:
        return None
    own = set(str(model or "").split(";"))
    fields = [
        (name, x, y, name in own, voice.t(f"code_model.{name}")) for name, (x, y) in _FIELDS.items()
    ]
    sides = (
        voice.t("code_direction.top_down"),
        voice.t("code_direction.bottom_up"),
        voice.t("code_focus.targeted"),
        voice.t("code_focus.general"),
    )
    return Place(fields, _ACROSS.get(str(direction)), _DOWN.get(str(focus)), sides)
