"""The first day: what a council begins a programme with."""
