"""How the guide is built: Markdown by MyST, the reference from docstrings, nothing from outside."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for gallery_pictures

project = "valuma-graph"
author = "The valuma-graph developers"
copyright = author
version = release = version_of("valuma-graph")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

# A name in `backticks` in a docstring is a link where there is something to link to.
default_role = "py:obj"
autosummary_generate = False  # the lists link to the entries below them
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# Written anew at every build: the pictures are of the code as it is, not as it was.
sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "image_scrapers": ("gallery_pictures.take_pictures",),
    "reset_modules": (),
    "within_subsection_order": "FileNameSortKey",
    "run_stale_examples": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "notebook_extensions": set(),
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 60,
}

html_theme = "pydata_sphinx_theme"
html_title = "valuma-graph"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_sidebars = {"*": [], "concepts/*": ["sidebar-nav-bs"]}
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "footer_start": ["sphinx-version"],
    "footer_end": ["theme-version"],
}
