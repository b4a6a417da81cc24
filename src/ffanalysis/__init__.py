"""ffanalysis: quarterly savings briefings from council budget workbooks.

A notebook needs this one import and three calls:

    import ffanalysis as ff
    ff.setup_notebook()
    quarter = ff.load("2015-16-Q2")
    findings = ff.check(quarter)
    briefing = ff.briefing(quarter, findings, "sen-contract-efficiency")

`quarter` is read-only. `quarter.savings`, `.projects` and `.changes` are pandas frames to explore,
`findings.frame()` has the findings; all are copies. `ff.dictionary()` says what columns mean.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ffanalysis.api import (
        briefing,
        check,
        check_workbook,
        dictionary,
        figures_of,
        interactive_tables,
        load,
        picker,
        programme,
        rag_colours,
        reconciliation,
        setup_notebook,
    )

__version__ = "0.1.0"
__all__ = [
    "briefing",
    "check",
    "check_workbook",
    "dictionary",
    "figures_of",
    "interactive_tables",
    "load",
    "picker",
    "programme",
    "rag_colours",
    "reconciliation",
    "setup_notebook",
]

if not TYPE_CHECKING:  # a type checker shall know a name that is not there

    def __getattr__(name: str) -> Any:
        """Bring what notebooks call when one of them asks for it.

        The command starts without pandas.
        """
        if name not in __all__:
            raise AttributeError(f"module 'ffanalysis' has no attribute '{name}'")
        from ffanalysis import api

        return getattr(api, name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
