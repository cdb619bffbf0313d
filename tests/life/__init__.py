"""A fictional team's life, week by week from a seed: what its reps hand in, and what is true afterwards.

Nothing of the product is imported here but in ``run`` (which starts it as a command): ``story`` plays the
events, ``forms`` makes what is handed in of them, ``truth`` tells by the rules what the team then knows,
``books`` writes the workbooks. ``weeks`` gives it all as rows, so that a fold is tested without Excel.
"""

from tests.life.model import HABITS, FileRows, Truth, Week
from tests.life.play import weeks

__all__ = ["HABITS", "FileRows", "Truth", "Week", "weeks"]
