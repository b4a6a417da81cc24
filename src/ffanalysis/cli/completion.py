"""The command that prints what has a shell complete this command's words."""

import os
from typing import Any

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from ffanalysis.cli.ending import ending

_NAME = "ffanalysis"
_VARIABLE = "_FFANALYSIS_COMPLETE"
# What PowerShell 5 and later call for a word: it hands over the line up to the cursor. A line
# without an answer has PowerShell complete names of files.
_POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString()
    $length = [Math]::Min($cursorPosition - $commandAst.Extent.StartOffset, $line.Length)
    $env:%(complete_var)s = 'powershell_complete'
    $env:COMP_WORDS = $line.Substring(0, $length)
    $env:COMP_CWORD = $wordToComplete
    try {
        %(prog_name)s | Where-Object { $_ } | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new(
                $value, $value, 'ParameterValue', $help)
        }
    } finally {
        $env:%(complete_var)s = $env:COMP_WORDS = $env:COMP_CWORD = $null
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Completion in PowerShell, which click does not have."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        begun = os.environ.get("COMP_CWORD", "")
        words = split_arg_string(os.environ.get("COMP_WORDS", ""))[1:]
        if begun and words and words[-1] == begun:
            words.pop()
        return words, begun

    def format_completion(self, item: CompletionItem[Any]) -> str:
        if item.type != "plain":
            return ""
        about = " ".join((item.help or "").split())
        return f"{item.value}\t{about or item.value}"


@click.command(epilog=ending("0 printed; 2 usage.", "ffanalysis completion bash"))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script by which a shell completes words.

    These are commands, options, periods and projects. To have it in each new SHELL:

    \b
      bash        add to ~/.bashrc:    eval "$(ffanalysis completion bash)"
      zsh         add to ~/.zshrc, behind compinit:
                                       eval "$(ffanalysis completion zsh)"
      fish        ffanalysis completion fish >
                    ~/.config/fish/completions/ffanalysis.fish
      powershell  add to $PROFILE:     ffanalysis completion powershell |
                                         Out-String | Invoke-Expression

    Periods are those in data/raw; projects are those of the period's last run.
    """  # noqa: D301 - the escape tells click to keep the lines of the list
    of_shell = get_completion_class(shell)
    if of_shell is not None:
        click.echo(of_shell(context.find_root().command, {}, _NAME, _VARIABLE).source())


COMMANDS = (completion,)
