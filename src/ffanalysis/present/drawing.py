"""How charts are drawn: the house style, and the same bytes for the same figures.

Drawn without matplotlib's global state, in the font of the page.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.rcsetup import cycler
from PIL import Image

from ffanalysis.present.look import rag_colour
from ffanalysis.present.signs import REGULAR, WEIGHTS, drawable, from_the_left, page_font
from ffanalysis.vocabulary import RAG_STATUSES

WIDTH = 800  # CSS pixels; drawn at twice that for sharp screens and print
HALF = 500  # the same of what stands beside other things
_DPI = 200
NAVY, TEAL, PLUM, ORANGE, GREY, PALE, INK = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#6B7280",
    "#D5DAE1",
    "#1F2933",
)
_RAG_LOOK: Mapping[str, tuple[str, str]] = dict(
    zip(
        map(str, RAG_STATUSES),
        (("#0B6E4F", ""), ("#6CC0A6", ""), ("#F2A33A", "//"), ("#B3122B", "xx")),
        strict=True,
    )
)


def rag_look(rag: str, otherwise: tuple[str, str]) -> tuple[str, str]:
    """The colour and hatching of a RAG status: the council's colour, else ours."""
    colour, hatch = _RAG_LOOK.get(rag, otherwise)
    return rag_colour(rag) or colour, hatch


def use_house_style() -> None:
    """Charts of one's own, drawn by pandas or matplotlib, have the font and colours of ours."""
    font_manager.fontManager.addfont(WEIGHTS[REGULAR])
    name = font_manager.FontProperties(fname=WEIGHTS[REGULAR]).get_name()
    mpl.rcParams.update(
        {
            "font.family": [name, "DejaVu Sans"],
            "font.size": 10.5,
            "text.color": INK,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": cycler(color=[NAVY, TEAL, PLUM, ORANGE, GREY]),
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
        }
    )


def rag_colours() -> dict[str, str]:
    """The colour of each RAG status, for a chart of one's own: the council's, else ours."""
    return {str(rag): rag_look(rag, ("", ""))[0] for rag in RAG_STATUSES}


_NEARLY_WHITE = 254


@dataclass(frozen=True)
class Chart:
    """A chart: its picture, its figures in words, and how wide it is shown, in CSS pixels."""

    png: bytes
    alt: str
    width: int = WIDTH


P = ParamSpec("P")


def in_house_style(draw: Callable[P, Chart]) -> Callable[P, Chart]:
    """A chart drawn by matplotlib's own defaults, whatever a user or a notebook has set."""

    @wraps(draw)
    def drawn(*args: P.args, **more: P.kwargs) -> Chart:
        with mpl.rc_context(_defaults()):
            return draw(*args, **more)

    return drawn


@cache
def _defaults() -> dict[Any, Any]:
    """Matplotlib's own settings, but for those of a session, such as its window."""
    return {
        name: value
        for name, value in mpl.rcParamsDefault.items()
        if not name.startswith(("backend", "interactive", "toolbar", "webagg", "tk.", "keymap"))
    }


def canvas_of(height: float, width: int = WIDTH) -> Canvas:
    """A canvas: its height in inches, its width in CSS pixels."""
    figure = Canvas(figsize=(width / 96, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Canvas) -> bytes:
    """The picture with 128 colours and nothing of the machine or the hour in it."""
    with mpl.rc_context({"hatch.linewidth": 0.6}):
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    image = Image.frombuffer(
        "RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())
    ).convert("RGB")
    out = io.BytesIO()
    # Found in a tenth of the time that the finest palette takes; what it is off by, one part in
    # 255, is given back to the paper.
    few = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.putpalette([255 if part == _NEARLY_WHITE else part for part in few.getpalette() or []])
    few.save(out, "PNG", compress_level=6)
    return out.getvalue()


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 10.5,
    weight: int = REGULAR,
    **look: object,
) -> None:
    """A text at a place of the chart, in the font of the page."""
    # Text from a workbook may hold dollar signs; it is no formula.
    axes.text(
        x,
        y,
        from_the_left(drawable(text)),
        fontproperties=page_font(weight),
        fontsize=size,
        parse_math=False,
        **{"color": INK, **look},  # type: ignore[arg-type]
    )


def bare(axes: Axes, *, keep: str = "bottom") -> None:
    """Axes without a frame, but for the side that is kept, and without marks."""
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(side == keep)
        axes.spines[side].set_color(GREY)
    axes.tick_params(length=0)
    axes.set_yticks([])


def ticks(axes: Axes, labels: Sequence[str]) -> None:
    """The names of the columns beneath a chart."""
    axes.set_xticks(range(len(labels)), [*map(drawable, labels)])
    for label in axes.get_xticklabels():
        label.set(fontproperties=page_font(), fontsize=10.5, color=INK)


def short(text: str, longest: int = 62) -> str:
    """The text cut to so many signs as they are drawn, behind a word and not within a name."""
    drawn = drawable(text)
    if len(drawn) <= longest:
        return drawn
    cut = drawn[: longest - 1].rsplit(" ", 1)[0]
    return f"{_NAME_CUT.sub('', cut)} …"


_NAME_CUT = re.compile(r"\s*\[[^\]]*$")  # the beginning of a sign's name, whose end is cut off
