"""How the frames of a notebook read: numbers with commas, and tables to search and sort."""

import math

# JupyterLab sets every cell of a table flush right, and no cell of itables breaks its lines.
_LOOK = """<style>
.dt-container table.dataTable th:not(.dt-type-numeric),
.dt-container table.dataTable td:not(.dt-type-numeric) { text-align: left !important; }
.dt-container table.dataTable td { white-space: normal; min-width: 5.5rem; max-width: 26rem; }
.dt-container table.dataTable .dt-type-numeric { white-space: nowrap; min-width: 0; }
</style>"""


def interactive_tables() -> None:
    """Show the frames of this notebook as tables to search and sort, without the internet.

    Without itables they stay as pandas shows them, and one line says so. Numbers have commas, and
    no more decimals than they need, in both.
    """
    import pandas as pd

    pd.set_option("display.float_format", with_commas)
    try:
        import itables
    except ImportError:
        print("Tables to search and sort need itables: pip install itables.")  # noqa: T201 - in a notebook
        return
    from IPython.display import HTML, display

    itables.init_notebook_mode(all_interactive=True, connected=False)
    itables.options.classes = "display compact"
    itables.options.style = "table-layout:auto;width:auto;margin:0;caption-side:bottom"
    display(HTML(_LOOK))


def with_commas(value: float) -> str:
    """A number as a table shows it: "7,760,232,000", "395.056", "100"."""
    if math.isnan(value):
        return "NaN"
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
