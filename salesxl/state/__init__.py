"""The team's state, carried from book to book: what is newer, who is who, what absence means.

docs/domain.md 4.2. ``fold`` makes a week's state of the state before and of what was accepted since.
"""
