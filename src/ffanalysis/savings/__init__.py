"""What a schedule means: its lines, what counts of them, and the quarter they belong to."""
