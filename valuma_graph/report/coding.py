"""Values that a table repeats, written once and referred to by position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence


class Codes:
    """
    Give every value the position at which it was first seen.

    Parameters
    ----------
    values
        Those that come first, whether they are used or not.

    Examples
    --------
    >>> codes = Codes(["a"])
    >>> codes.of("b"), codes.of("a"), codes.of(None), codes.listed
    (1, 0, -1, ['a', 'b'])
    """

    def __init__(self, values: Iterable[Hashable] = ()) -> None:
        self._at: dict[Hashable, int] = {}
        for value in values:
            self.of(value)

    def of(self, value: Hashable) -> int:
        """Return the position of a value; -1 for a missing one."""
        if value is None or value != value:  # noqa: PLR0124  NaN
            return -1
        return self._at.setdefault(value, len(self._at))

    @property
    def listed(self) -> list[Any]:
        """The values in order."""
        return [*self._at]


def each(texts: Mapping[str, str], langs: Sequence[str]) -> str | list[str]:
    """
    Return a text in each language in their order, or once where they agree.

    Examples
    --------
    >>> each({"fi": "Oulu", "sv": "Uleåborg"}, ["fi", "sv"]), each({"en": "Oulu"}, ["en"])
    (['Oulu', 'Uleåborg'], 'Oulu')
    """
    words = [texts[lang] for lang in langs]
    return words[0] if len(set(words)) == 1 else words


def plain(value: Any) -> Any:  # noqa: ANN401  whatever a cell of a table holds
    """
    Return a cell as JSON has it: None where missing, a whole number as int.

    Examples
    --------
    >>> plain(float("nan")), plain(2020.0), plain("2019-06")
    (None, 2020, '2019-06')
    """
    if value is None or value != value:  # noqa: PLR0124  NaN
        return None
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def rounded(value: float | None, figures: int = 3) -> float | None:
    """
    Return a number with so many significant figures; None where missing.

    Examples
    --------
    >>> rounded(0.0123456), rounded(float("nan"))
    (0.0123, None)
    """
    if value is None or value != value:  # noqa: PLR0124  NaN
        return None
    return float(f"{value:.{figures}g}")
