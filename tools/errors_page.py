"""docs/errors.md: each error with the sentence that it prints, its meaning and its remedy."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ffanalysis import errors as e
from ffanalysis.errors.base import UserError

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
_OPENING = """# Every error, with what to do

What you can put right is said in one sentence. The sentences here are examples; yours has its own
names and numbers. Many lines that begin with *Traceback* are a fault of the software: report them,
with the command that you called.

The exit code tells a script how a command ended:

| code | means |
| --- | --- |
| 0 | all is well |
| 1 | a fault of ours |
| 2 | the command was called wrongly; nothing was done |
| 11 | an input cannot be read |
| 12 | a check failed, a release is refused or does not hold, or something differs |
| 13 | something was withheld, failed, or could not be written |
| 14 | nothing may be sent, or not all was |
| 15 | something is late or missing |
| 130, 143 | stopped with Ctrl-C, by the system |

Findings are no errors of the command: [put right each finding](findings.md).
"""
_QUARTER = "2015-16-Q2"
_AT = datetime(2015, 10, 9, 8, 30, tzinfo=UTC)


class Entry(NamedTuple):
    """A section of the page: its title, the errors as they may be met, and what to do."""

    title: str
    met: Sequence[UserError]
    meaning: str
    remedy: str


INPUTS: Sequence[Entry] = (
    Entry(
        "Not a period",
        [e.PeriodMalformed("2015-Q2", [_QUARTER])],
        "A quarter is named by its financial year and its number.",
        "Write it as shown, or `latest`.",
    ),
    Entry(
        "A period that is not there",
        [e.PeriodUnknown("2015-16-Q3", ["2015-16-Q1", _QUARTER])],
        "`data/raw` has no folder of that name.",
        "Name one that is there (`ffanalysis periods` lists them), or make it: `ffanalysis new`.",
    ),
    Entry(
        "No quarter yet",
        [e.NoQuarterYet()],
        "`latest` is the latest quarter that has a workbook, and none has.",
        "Make one with `ffanalysis new 2026-27-Q1`, or put your workbooks into such a folder.",
    ),
    Entry(
        "No programme here",
        [e.RootMissing("/home/you")],
        "Commands look for the programme in the folder where you are, and above it.",
        "Change to the programme's folder, or make one: `ffanalysis init FOLDER`.",
    ),
    Entry(
        "A project that is not there",
        [e.ProjectUnknown("day-centre", ["day-centres", "libraries"])],
        "The register of this quarter has no project of that name.",
        "Copy its name from the sentence.",
    ),
    Entry(
        "A project that may be several",
        [e.ProjectAmbiguous("Libraries", ["Libraries North", "Libraries South"])],
        "The name fits more than one project.",
        "Write the whole name.",
    ),
    Entry(
        "A figure that is not there",
        [e.FigureUnknown("£101,000", ["£100,000", "£1,083,000"])],
        "The briefing shows no figure of that name, label or text.",
        "Copy it from the page. Without a figure, `ffanalysis explain` lists them all.",
    ),
    Entry(
        "Neither a period nor a file",
        [e.FileUnknown("schedul.xlsx", [_QUARTER])],
        "`ffanalysis check` takes a quarter, a workbook or a folder of workbooks.",
        "Correct the name, or the folder that you are in.",
    ),
    Entry(
        "A folder without a workbook",
        [e.FolderWithoutWorkbook("budgets", [".xlsx", ".xls", ".ods", ".csv"])],
        "The folder holds no file that can be checked.",
        "Name another folder, or save the files in one of these formats.",
    ),
    Entry(
        "A workbook that cannot be read",
        [
            e.WorkbookUnreadable(
                "schedule.xlsx", "it is protected by a password. Save it without one."
            )
        ],
        "The file is broken, protected, or not what its name says. It may hold lines of any"
        " project, so every briefing of the quarter is withheld.",
        "Do what the end of the sentence says; else open the file in Excel and save it again.",
    ),
    Entry(
        "Cells that cannot be read",
        [e.InputsRefused(["schedule.xlsx, sheet Savings, cell G6: 'about 40' is not an amount."])],
        "A cell that figures depend on may be read in two ways, or in none. Nothing is guessed: its"
        " projects get an exception note, the others their briefings.",
        "Correct that cell, save, and run the quarter again.",
    ),
    Entry(
        "A table that is missing",
        [e.TableMissing(_QUARTER, "projects", ["Project", "Title"], ["Savings", "Notes"])],
        "No sheet of the quarter has a register of projects under headings that are known.",
        "Head it as shown, or [name your own headings](own-tracker.md) in `layout.toml`.",
    ),
    Entry(
        "A register without a project",
        [e.NoProjectYet("programme.xlsx", "Projects")],
        "The workbook is still blank.",
        "Fill in a row for each project ([how](first-quarter.md)).",
    ),
    Entry(
        "Nothing can be rendered",
        [
            e.NothingRegistered(
                _QUARTER, ["register.xlsx cannot be read: it is no workbook of Excel."]
            )
        ],
        "Without a register there is no project to write a briefing of.",
        "Put right what the end of the sentence names. What was published before stays.",
    ),
    Entry(
        "A folder that may not be read",
        [e.FolderClosed("data/raw/2015-16-Q2")],
        "The account that runs the command lacks the right to read there.",
        "Ask the [systems owner](systems-owner.md#permissions) for it.",
    ),
    Entry(
        "A workbook that is being saved",
        [e.InputsChanging("schedule.xlsx")],
        "The file changed while it was copied; half a workbook must not be read.",
        "Wait until it is saved, then run again.",
    ),
    Entry(
        "A layout that cannot be used",
        [e.LayoutWrong("layout.toml", "'tables.saving' is not known; did you mean tables.savings")],
        "`layout.toml` has a section, key or value that does not exist.",
        "Correct it; [the page on layouts](layouts.md) has them all.",
    ),
    Entry(
        "A setting that cannot be used",
        [e.SettingsWrong("colours.accent 'blue' is not a colour (write #00509d)")],
        "`settings.toml` has a key that is not known, or a value that it may not have.",
        "Correct it; [the page on settings](settings.md) has them all.",
    ),
    Entry(
        "A declaration that does not apply",
        [
            e.CorrectionWrong(
                "corrections.toml", 1, "schedule.xlsx!Savings!G6 holds 41, and was says 40"
            )
        ],
        "A correction, alias, confirmation or explanation does not fit the workbooks, perhaps"
        " because somebody has corrected them. The run stops, so that nothing is corrected twice.",
        "Take the entry away, or change it to what the workbook holds now.",
    ),
    Entry(
        "A paper that cannot be read",
        [
            e.PaperUnreadable(
                "day-centres.pdf",
                "its pages are pictures. Have the text recognised, or ask for the Word file.",
            )
        ],
        "`ffanalysis intake` found no text in the paper, or no form that it knows.",
        "Do what the end of the sentence says; the other papers were taken in.",
    ),
    Entry(
        "A form that cannot be used",
        [e.FormWrong("our-form.toml", "it has no labels")],
        "The description of your form has a mistake.",
        "Correct it as [forms are data](intake.md#forms-are-data) shows.",
    ),
    Entry(
        "A form that is not known",
        [e.FormUnknown("busines-case", ["business-case", "council-savings", "future-fit"])],
        "`--form` names no form that comes with the package or stands in `intake/`.",
        "Copy the name from the sentence, or leave `--form` out.",
    ),
    Entry(
        "A workbook that intake has made before",
        [e.IntakeTaken("data/raw/2015-16-Q2/day-centres.xlsx")],
        "Nothing is overwritten unasked.",
        "Use `--force` for a newer paper, or name another workbook.",
    ),
    Entry(
        "Papers that do not go together",
        [e.IntakeRefused("sen.docx and sen-old.docx are both on SEN Contract Efficiency")],
        "The papers and the workbook named cannot be used in one call.",
        "Take in one of the papers, or name a folder for a workbook each.",
    ),
)
COMMAND: Sequence[Entry] = (
    Entry(
        "A file in the place of a folder",
        [e.FolderTaken("savings/reports")],
        "`ffanalysis init` needs a folder there.",
        "Move the file away, or name another folder.",
    ),
    Entry(
        "A quarter that has workbooks already",
        [e.QuarterTaken("2026-27-Q1")],
        "`ffanalysis new` writes into a quarter without workbooks only.",
        "Add to the workbooks that are there, or move them away.",
    ),
    Entry(
        "An answer that is none",
        [
            e.AdoptRefused("'curent' is no answer to plan; write 'prior' or 'current'"),
            e.AdoptRefused("nothing asks for 'plann'; did you mean 'plan'?"),
        ],
        "`ffanalysis adopt` takes answers to the questions that it asks.",
        "Run it without answers to see them; each is printed with the words that answer it.",
    ),
    Entry(
        "A quarter that has a file of that name",
        [e.AdoptTaken("2026-27-Q1", "tracker.xlsx")],
        "`ffanalysis adopt` writes over no file of the quarter.",
        "Move the file away, or adopt the one that is there by its path.",
    ),
    Entry(
        "A number that the demo cannot have",
        [e.DemoNumberWrong("projects", 0, 1, 5000)],
        "The invented programme has limits.",
        "Write a number between those of the sentence.",
    ),
    Entry(
        "A folder that the demo may not use",
        [
            e.DemoFolderTaken("demo", is_demo=True),
            e.DemoFolderTaken("demo", is_demo=False),
        ],
        "The demo is written into a new folder only.",
        "Name another folder, or delete the earlier demo.",
    ),
    Entry(
        "No documentation",
        [e.DocumentationMissing()],
        "The package was installed from its source, which has no built pages.",
        "Do what the sentence says.",
    ),
    Entry(
        "A page that is not there",
        [e.PageUnknown("layout", ["errors", "layouts", "rules"])],
        "The documentation has no page of that name.",
        "Copy the name from the sentence; `ffanalysis docs` opens the first page.",
    ),
    Entry(
        "JupyterLab is not installed",
        [e.LabMissing()],
        "`ffanalysis lab` opens it.",
        "Install it as the sentence says.",
    ),
    Entry(
        "A job that cannot be scheduled",
        [e.ScheduleRefused("the path /home/you/100% savings has a % in it")],
        "The scheduler cannot have such a path or time.",
        "Move the programme, or change `[schedule]` in `settings.toml`.",
    ),
    Entry(
        "A scheduler that refuses",
        [e.SchedulerFailed("cron", "is not installed here")],
        "The system's scheduler is missing, or does not let you.",
        "Ask the [systems owner](systems-owner.md#schedules); the command shows the job.",
    ),
    Entry(
        "Output that was lost",
        [e.OutputLost(BrokenPipeError()), e.OutputLost(OSError(28, "No space left on device"))],
        "What the command prints could not be written to its end.",
        "Make room, or let the other program read to the end; then call the command again.",
    ),
)
PAGES: Sequence[Entry] = (
    Entry(
        "A parameter that a notebook lacks",
        [e.ParameterUnknown(["perriod"], ["period", "project"])],
        "The notebook was called with a parameter that its first cell does not set.",
        "Correct the name.",
    ),
    Entry(
        "A parameter that was not given",
        [e.ParameterMissing("project")],
        "The notebook needs to know what to show.",
        "Write the value into its first code cell, or pass it with `-p`.",
    ),
    Entry(
        "A notebook that is missing",
        [e.NotebookMissing("notebooks/project_briefing.ipynb")],
        "A run needs three notebooks.",
        "`ffanalysis init .` in the programme's folder brings back what is missing.",
    ),
    Entry(
        "A notebook that cannot be run",
        [e.NotebookWrong("programme_briefing.ipynb", "it has no cell tagged parameters")],
        "The file is no notebook for Python, or sets no parameters.",
        "Correct it, or delete it and write `ffanalysis init .`.",
    ),
    Entry(
        "A notebook that did not finish",
        [e.NotebookFailed("project_briefing.ipynb", "NameError: name 'quartr' is not defined")],
        "A cell failed. The project has an exception note; the others are published.",
        "Open the executed copy in `reports/PERIOD/notebooks`, correct the cell in `notebooks/`,"
        " run again.",
    ),
    Entry(
        "A kernel that died",
        [e.KernelDied("project_briefing.ipynb")],
        "The process that ran the notebook ended by itself.",
        "Run again with `--jobs 1`. If it stays, the machine has too little memory.",
    ),
    Entry(
        "A notebook that filled the disk",
        [e.NotebookDiskFull("project_briefing.ipynb")],
        "The notebook wrote more than there was room for.",
        "Make room, or correct what it writes; run again.",
    ),
    Entry(
        "A notebook that took too long",
        [e.TookTooLong("project_briefing.ipynb", 300)],
        "Its time was over, so it was stopped.",
        "Look for a loop without end; or give it more time with `--notebook-timeout`.",
    ),
    Entry(
        "A process that was killed",
        [e.WorkerDied("project_briefing.ipynb")],
        "The system ended the process, most often for lack of memory.",
        "Run again with `--jobs 1`.",
    ),
    Entry(
        "A process that stood still",
        [e.WorkerStoodStill("project_briefing.ipynb")],
        "Something stopped the process twice.",
        "Look into the notebook for code that stops processes; run again.",
    ),
    Entry(
        "A page whose figures differ",
        [
            e.FigureMismatch(
                "day-centres",
                "proposed/total is £110,000 on the page and £100,000 in the workbooks",
            )
        ],
        "Before a page is published, its figures are recomputed by another program. They differ, so"
        " it is withheld.",
        "Look for a cell of your own that changes a figure. If there is none, report it.",
    ),
    Entry(
        "No PDF",
        [e.PdfUnavailable()],
        "The briefings are published as web pages; their PDFs are missing.",
        "Install Pango as the sentence says, then run again.",
    ),
    Entry(
        "A page that asks for something elsewhere",
        [e.OutsideAccess("https://example.com/logo.png")],
        "A briefing holds all it shows, so that it can be sent and kept.",
        "Take the picture or style from a file, not from an address.",
    ),
)
RUNNING: Sequence[Entry] = (
    Entry(
        "A place that cannot be written to",
        [
            e.ReportsBlocked("reports/2015-16-Q2"),
            e.ReportsBlocked("reports/2015-16-Q2", is_right=True),
        ],
        "The run cannot put the reports where they belong.",
        "Move the file away, or ask the [systems owner](systems-owner.md#permissions) for the right"
        " to write.",
    ),
    Entry(
        "The reading process died",
        [e.ReaderDied()],
        "The system ended the process that reads the workbooks.",
        "Close other programs, then run again. Nothing published was changed.",
    ),
    Entry(
        "The reading process stood still",
        [e.ReaderStoodStill()],
        "Something stopped it twice.",
        "Ask the systems owner what stops processes on this machine; run again.",
    ),
    Entry(
        "A file of the run was changed",
        [e.FileTampered("tables/savings.parquet")],
        "Only the run writes these files. Nothing that was made from this one is published.",
        "Look for a notebook, a scanner or a synchronised folder that writes there; run again.",
    ),
    Entry(
        "A confidential name in a file for all",
        [e.ConfidentialNamed("index.html", ["Day Centres"])],
        "The name of a confidential project would have been published.",
        "Do what the sentence says. Nothing was published.",
    ),
    Entry(
        "Another run is going on",
        [e.RunUnderWay(_QUARTER, ", begun at 06:30")],
        "Two runs of one quarter would undo each other's work.",
        "Wait. If nothing runs, the machine of that run may have been switched off: look there.",
    ),
    Entry(
        "The run's time was over",
        [e.RunTimeOver(_QUARTER, 240, 310, 420)],
        "What was rendered is kept for the next run.",
        "Run again; it goes on from there. `--run-timeout` gives more time.",
    ),
    Entry(
        "The disk is full",
        [e.DiskFull("reports")],
        "There is no room for the new reports; the old ones are whole.",
        "Make room: `ffanalysis retention` lists what is kept no longer.",
    ),
    Entry(
        "LibreOffice is not installed",
        [e.SpreadsheetMissing("reconciliation.xlsx")],
        "`run --verify full` has it recalculate the workbook of formulas.",
        "Install LibreOffice, or leave `--verify full` out.",
    ),
    Entry(
        "LibreOffice comes to other figures",
        [
            e.SpreadsheetDiffers(
                "reconciliation.xlsx", 1, ["current/total is £40,000 here and £41,000 there"]
            )
        ],
        "Two programs disagree about one figure, so neither is published.",
        "Report it, with the workbooks if you may.",
    ),
    Entry(
        "LibreOffice did not recalculate",
        [e.SpreadsheetFailed("reconciliation.xlsx", "it did not end within 300 seconds")],
        "Nothing is known of the figures; nothing was published or released.",
        "Close LibreOffice elsewhere, then try again.",
    ),
)
RELEASE: Sequence[Entry] = (
    Entry(
        "Nothing is published yet",
        [e.NothingPublished(_QUARTER)],
        "Only briefings that a run has made can be released.",
        "Run the quarter.",
    ),
    Entry(
        "A published file was changed",
        [e.ReportsChanged(_QUARTER, "index.html")],
        "Somebody, or some program, has written into `reports`.",
        "Run the quarter again; it puts the file right.",
    ),
    Entry(
        "Workbooks have changed since",
        [e.InputsChangedSince(_QUARTER, ["schedule.xlsx"])],
        "The briefings are older than the workbooks.",
        "Run the quarter again, look at what changed, then release.",
    ),
    Entry(
        "A release is refused",
        [
            e.ReleaseRefused.without_name(),
            e.ReleaseRefused.without_reason(),
            e.ReleaseRefused.of_stranger("A. Analyst", []),
            e.ReleaseRefused.of_stranger("A. Analyst", ["Chief Finance Officer"]),
            e.ReleaseRefused.without_preparer(),
            e.ReleaseRefused.of_preparer("Finance analyst", ["Chief Finance Officer"]),
            e.ReleaseRefused.of_changes(_QUARTER, ["day-centres"]),
            e.ReleaseRefused.of_old_pages(_QUARTER),
            e.ReleaseRefused.of_findings(["proposed-total:day-centres"], 0),
        ],
        "A release needs a person who is named in the settings and has not prepared the figures,"
        " pages that are as the run made them, and an explanation of each failed check.",
        "Do what the sentence says ([how a release works](release.md)).",
    ),
    Entry(
        "A reissue is refused",
        [
            e.ReissueRefused.without_words(),
            e.ReissueRefused.of_unreleased(_QUARTER, "day-centres", []),
            e.ReissueRefused.of_unreleased(_QUARTER, "day-centres", ["libraries"]),
            e.ReissueRefused.of_unpublished("day-centres", "It is withheld."),
            e.ReissueRefused.of_unchanged("day-centres", 1),
            e.ReissueRefused.of_nothing(_QUARTER),
            e.ReissueRefused.of_nothing_to_undo("day-centres"),
        ],
        "A reissue replaces a briefing that was released by one with other figures.",
        "Do what the sentence says ([how](release.md#to-correct-what-was-released)).",
    ),
    Entry(
        "A reason that names a confidential project",
        [e.ConfidentialInReason("note", ["Day Centres"])],
        "Everybody who reads the release would read it.",
        "Write it without the name.",
    ),
    Entry(
        "A release that is not as it was",
        [e.ReleaseDamaged("reports/released/2015-16-Q2/1", "index.html was changed.")],
        "A file of the release was changed, added or taken away.",
        "Restore the folder from the backup; find out who wrote there.",
    ),
    Entry(
        "Not a release",
        [e.ReleaseUnknown("reports/2015-16-Q2")],
        "The folder named holds no release.",
        "Name one below `reports/released`.",
    ),
    Entry(
        "An edition that is not there",
        [e.EditionUnknown(_QUARTER, "3", [1, 2]), e.EditionUnknown(_QUARTER, "1", [])],
        "The quarter has no release of that number.",
        "Write one that the sentence names.",
    ),
    Entry(
        "Editions that cannot be compared",
        [e.EditionsWithoutFigures("2015-16-Q2@1", "2015-16-Q2@2")],
        "Both were made before lists of figures were kept.",
        "Compare each with the quarter's workbooks.",
    ),
    Entry(
        "A deletion without a name",
        [e.DeletionUnsigned()],
        "The journal records who deletes.",
        "Add `--by` and your name.",
    ),
    Entry(
        "A journal that is broken",
        [e.JournalBroken("2015-16-Q2.jsonl", 4, "it was changed after it was written")],
        "The journal proves what was released and sent; a line no longer fits the one before.",
        "Restore it from the backup. Do not edit it.",
    ),
    Entry(
        "A journal that is in use",
        [e.JournalInUse("2015-16-Q2.jsonl")],
        "Another command is writing to it.",
        "Wait, then try again.",
    ),
)
MAIL: Sequence[Entry] = (
    Entry(
        "Not released",
        [e.NotReleased(_QUARTER, "")],
        "No mail leaves before a release that holds.",
        "Have the quarter released.",
    ),
    Entry(
        "No sender",
        [e.SenderMissing()],
        "Mails need an address that they come from.",
        "Write it into `settings.toml` as shown.",
    ),
    Entry(
        "The mail server refuses",
        [e.MailServerRefused("mail.example.gov.uk", "the login was refused")],
        "The server cannot be reached, or does not accept the account or its certificate.",
        "`ffanalysis mail PERIOD --check` tries again and sends nothing. Ask the systems owner.",
    ),
    Entry(
        "A mail that may not be sent",
        [e.MailRefused("day-centres: 'director@' is not an address")],
        "An address, a setting or a page stands against it.",
        "Put right what the sentence names.",
    ),
    Entry(
        "Released anew meanwhile",
        [e.ReleasedAnew(_QUARTER)],
        "The mails left would have carried the earlier release.",
        "Send again: those of the new release go out.",
    ),
    Entry(
        "Another command is sending",
        [e.SendingUnderWay(_QUARTER)],
        "Mails of a quarter are sent by one command at a time.",
        "Wait, or withdraw the release to stop it.",
    ),
    Entry(
        "A mail in doubt that is not found",
        [e.SettleUnknown("a1")],
        "The letters behind `--settle` name no mail in doubt, or several.",
        "Copy more of the key.",
    ),
    Entry(
        "A mail that was settled already",
        [e.SettledAlready("Finance analyst", _AT, was_sent=True)],
        "Somebody has looked it up before.",
        "Nothing is left to do.",
    ),
    Entry(
        "A package for mail is missing",
        [e.MailPartMissing("graph", "msal", "m365")],
        "This way of sending needs a package more.",
        "Install it as the sentence says, or choose another transport.",
    ),
)
GROUPS = {
    "What is read": INPUTS,
    "The command": COMMAND,
    "Notebooks and pages": PAGES,
    "A run": RUNNING,
    "Release, reissue and journal": RELEASE,
    "Mail": MAIL,
}


def page() -> str:
    """The page. Raises ValueError where an error is left out."""
    shown = {type(error) for group in GROUPS.values() for entry in group for error in entry.met}
    if missing := _all_errors() - shown:
        raise ValueError(f"errors without a section: {sorted(each.__name__ for each in missing)}")
    parts = [_OPENING]
    for title, group in GROUPS.items():
        parts += [f"\n## {title}\n", *(line for entry in group for line in _section(entry))]
    return "\n".join(parts)


def _all_errors() -> set[type[UserError]]:
    """Every class of error that is raised by name."""
    found = {value for name in e.__all__ if isinstance(value := getattr(e, name), type)}
    return found - {e.UserError, e.UsageError}


def _section(entry: Entry) -> Iterator[str]:
    yield f"### {entry.title}\n"
    yield "\n>\n".join(f"> {line}" for error in entry.met for line in _quoted(error))
    code = entry.met[0].exit_code
    yield f"\n{entry.meaning} **What to do:** {entry.remedy} Exit code {code}.\n"


def _quoted(error: UserError) -> Iterator[str]:
    """A sentence as it is printed, whatever characters of Markdown it has."""
    for line in str(error).splitlines():
        yield f"`` {line} ``" if "`" in line else f"`{line}`"
