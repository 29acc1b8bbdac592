"""Maps as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from valuma_graph.errors import FormatError
from valuma_graph.exports import atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_METADATA: Final[dict[str, dict[str, Any]]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None},
}


def save_picture(ax: Axes, path: str | Path, *, dpi: int = 200) -> Path:
    """
    Write the figure of an Axes as PNG, SVG or PDF; the same map gives the same bytes.

    Parameters
    ----------
    ax
        Axes of a map.
    path
        The file; its suffix chooses the format. It takes its place whole or not at all.
    dpi
        Pixels to the inch, of a PNG.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    FormatError
        If the suffix is not `.png`, `.svg` or `.pdf`.
    """
    from matplotlib import rc_context

    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in _METADATA:
        raise FormatError(f"{path.name}: a picture ends in {', '.join(_METADATA)}, not {suffix!r}")
    figure = ax.get_figure(root=True)
    if figure is None:
        raise FormatError("these Axes belong to no figure")
    with atomic(path) as temporary, rc_context({"svg.hashsalt": "valuma-graph"}):
        figure.savefig(temporary, format=suffix[1:], dpi=dpi, metadata=_METADATA[suffix])
    return path
