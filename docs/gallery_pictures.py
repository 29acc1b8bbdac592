"""How the gallery takes its pictures: ours are figures that pyplot knows nothing of."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_DPI = 120
_TAKEN = "__pictures_taken__"


def take_pictures(
    block: object,  # noqa: ARG001
    block_vars: Mapping[str, Any],
    gallery_conf: Mapping[str, Any],
) -> str:
    """Save the figure of every Axes, or list of Axes, that a block has bound to a name."""
    from matplotlib.axes import Axes
    from sphinx_gallery.scrapers import figure_rst

    import valuma_graph as vg

    names = block_vars["example_globals"]
    taken = names.setdefault(_TAKEN, [])
    pictures = []
    for value in [*names.values()]:
        for ax in value if isinstance(value, list) else [value]:
            figure = ax.get_figure(root=True) if isinstance(ax, Axes) else None
            if figure is not None and all(figure is not other for other in taken):
                taken.append(figure)
                pictures.append(next(block_vars["image_path_iterator"]))
                vg.save_picture(ax, pictures[-1], dpi=_DPI)
    source = Path(block_vars["src_file"]).read_text(encoding="utf-8")
    question = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    return figure_rst(pictures, gallery_conf["src_dir"], question)
