"""salesxl: reps' Excel forms in, marked returns, the team's book and the manager's summary out."""

__version__ = "0.1.0"
