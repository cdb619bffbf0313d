"""A team's folder: its settings, inbox, weeks, book, archive, and what goes back to whom."""
