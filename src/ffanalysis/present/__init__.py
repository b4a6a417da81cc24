"""Figures to display tables, charts and sentences."""
