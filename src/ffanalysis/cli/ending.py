"""How the help of a command ends: with its exit codes, and with examples that can be copied."""


def ending(exit_codes: str, *examples: str) -> str:
    """The end of a command's help, after its options."""
    title = "Example:" if len(examples) == 1 else "Examples:"
    # The escape tells click to keep the lines.
    listed = "\n".join(f"  {example}" for example in examples)
    return f"Exit codes: {exit_codes}\n\n\b\n{title}\n{listed}"
