"""A period and a project to pick in a notebook: two lists where ipywidgets is installed."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ffanalysis.errors import UserError


class Picker:
    """A period and a project; as the output of a cell, lists to pick others from.

    `picked.quarter` and `picked.project` are what is picked at the moment: run the cells below
    again to see another one. Without ipywidgets it shows what was given to it, which is then
    changed in the cell of the parameters.
    """

    def __init__(
        self,
        periods: Sequence[str],
        load: Callable[[str], Any],
        projects_of: Callable[[Any], Mapping[str, str]],
        period: str,
        project: str,
    ) -> None:
        self._periods, self._load, self._projects_of = periods, load, projects_of
        self.quarter = load(period)
        self.project = self.quarter.project(project)

    @property
    def period(self) -> str:
        """The period that is picked."""
        return str(self.quarter.period)

    def pick(self, period: str = "", project: str = "") -> None:
        """Pick another period or project, as the lists do.

        In another period the same project stays picked, where there is one; else its first.
        Raises what `ffanalysis.load` raises, and ProjectUnknown; then nothing changes.
        """
        quarter = self._load(period) if period and period != self.period else self.quarter
        wanted = project or self.project.slug
        if not project:
            known = [*self._projects_of(quarter).values()]
            wanted = wanted if wanted in known or not known else known[0]
        self.quarter, self.project = quarter, quarter.project(wanted)

    def __repr__(self) -> str:
        return f"<picked: {self.period}, {self.project.name}>"

    def _repr_html_(self) -> str:
        html: str = self.project._repr_html_()
        return html

    def _ipython_display_(self) -> None:
        from IPython.display import display

        # What shows no lists, such as a page made of the notebook, shows the project alone.
        shown: dict[str, Any] = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        with suppress(ImportError):
            shown = self._lists()._repr_mimebundle_() | shown
        display(shown, raw=True)

    def _lists(self) -> Any:
        """The two lists, and below them the project that is picked."""
        import ipywidgets

        known = self._projects_of(self.quarter)
        period = ipywidgets.Dropdown(options=self._periods, value=self.period, description="Period")
        project = ipywidgets.Dropdown(
            options=[*known.items()], value=self.project.slug, description="Project"
        )
        shown = ipywidgets.HTML(self._repr_html_())

        def picks(**what: str) -> None:
            try:
                self.pick(**what)
            except UserError as error:
                shown.value = f"<p>{error}</p>"
                return
            shown.value = self._repr_html_()

        def picks_period(change: Mapping[str, Any]) -> None:
            picks(period=change["new"])
            project.unobserve(picks_project, "value")
            project.options = [*self._projects_of(self.quarter).items()]
            project.value = self.project.slug
            project.observe(picks_project, "value")

        def picks_project(change: Mapping[str, Any]) -> None:
            picks(project=change["new"])

        period.observe(picks_period, "value")
        project.observe(picks_project, "value")
        return ipywidgets.VBox([period, project, shown])
