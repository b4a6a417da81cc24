"""One notebook to one page to one PDF."""
