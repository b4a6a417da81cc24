"""How the pages of the documentation are built: `make docs`, or `tools/build_docs.py FOLDER`."""

import re
from collections.abc import Mapping
from importlib.metadata import version as version_of

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "ffanalysis"
author = "the ffanalysis project"
version = release = version_of("ffanalysis")
language = "en-GB"

extensions = ["myst_nb"]
# Decisions are for those who change the software: they stay in the repository, beside the code.
exclude_patterns = ["decisions", "made", "transcripts"]
root_doc = "index"
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
# A cell of the documentation that fails is a fault of it: the build ends.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 50
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type"]

# Everything comes from the page's own folder: it is read offline, and from a file.
html_theme = "furo"
html_title = f"ffanalysis {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = html_show_sourcelink = False
html_use_index = html_show_copyright = False
html_show_search_summary = False  # it would be fetched, which a browser does not do from a file
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b4f8a",
        "color-brand-content": "#0b4f8a",
        "font-stack": "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Arial, sans-serif",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8ec5ff",
        "color-brand-content": "#8ec5ff",
    },
}
highlight_language = "none"

# The blocks of the specifications, with what a reader is told that they are.
BLOCKS: Mapping[str, str] = {
    "sheet": "Sheet",
    "shared sheet": "Sheet, for all examples below",
    "change": "Change",
    "expect": "Expect",
    "counts": "Counts",
    "not added": "Not added",
    "nowhere": "Nowhere",
    "findings": "Findings",
    "said": "Said",
    "told": "Told",
    "steps": "Steps",
    "lines": "Lines",
    "years": "Years",
    "flow": "Flow",
    "then and now": "Then and now",
    "aliases": "aliases.toml",
}
_BLOCK = re.compile(rf"^```({'|'.join(BLOCKS)})$", re.M)


def _name_blocks(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Give each block of a specification a caption: its kind, which the tests read."""
    source[0] = _BLOCK.sub(
        lambda found: f"```{{code-block}} none\n:caption: {BLOCKS[found[1]]}\n", source[0]
    )


def setup(app: Sphinx) -> None:
    """Called by Sphinx before it reads the pages."""
    app.connect("source-read", _name_blocks)
    app.add_lexer("console", TextLexer)
