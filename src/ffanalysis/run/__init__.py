"""Run notebooks, make pages and documents of them, publish a quarter whole or not at all."""
