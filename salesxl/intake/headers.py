"""The headers a team has for its fields: of the sheet 列名对照, and what its own forms call them (表单).

Owns which goes before the other. Refuses: what any header means beyond the team's word.
"""

from __future__ import annotations

from salesxl import parsing
from salesxl.rulebook import Rulebook

__all__ = ["headers_of"]


def headers_of(rulebook: Rulebook) -> dict[tuple[str, str], str]:
    """Return (form or "", header as compared) → standard label; 列名对照 goes first."""
    found = dict(rulebook.aliases)
    for form in rulebook.forms.items:
        for spec in form.blocks:
            for column in spec.columns:
                rule = rulebook.fields.get((spec.kind, column.field))
                for word in (rule.shown, *rule.aliases) if rule and not column.follows else ():
                    if word:
                        found.setdefault((form.name, parsing.normalise_label(word)), column.label)
    return found
