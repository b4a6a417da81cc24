"""Tables that can be searched and sorted, where itables is installed."""


def interactive_tables() -> None:
    """Show the frames of this notebook as tables to search and sort, without the internet.

    Without itables they stay as pandas shows them, and one line says so.
    """
    try:
        import itables
    except ImportError:
        print("Tables to search and sort need itables: pip install itables.")  # noqa: T201 - in a notebook
        return
    itables.init_notebook_mode(all_interactive=True, connected=False)
