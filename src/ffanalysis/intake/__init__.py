"""Concept papers to project workbooks: nothing lost, nothing guessed."""
