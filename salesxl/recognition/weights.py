"""The scores, weights and shares by which recognition decides, each with what it does.

Owns: the numbers. Refuses: distances and lengths on a sheet and bounds against attacks, which stand where
they are used.

They were set by hand, not learned: each began as a guess and was moved when a company's form was misread, to
where the 175 header sets and 31 layouts of tests/data are read with fewest fields missed and none mistaken.
A field taken wrongly costs a team more than one that is only suggested, so they lean towards silence. They
fit those sets; a form that nobody has seen fares worse. ``python -m tools.recognition --set NAME=VALUE``
shows what a change does, and docs/design.md how to judge it.
"""

from __future__ import annotations

from typing import Final

# What a header means by its concepts (meaning): 1 would be the label itself.
EXACT: Final = 0.95
"""It says the concepts of one of the field's words, no more and no less."""
QUALIFIED: Final = 0.9
"""The same with mere qualifiers beside: 主要需求."""
WIDER: Final = 0.85
"""With concepts beside that other words of the field hold as well."""
MODIFIED: Final = 0.82
"""With concepts before its last word that leave it the same thing."""
SURE: Final = 0.8
"""From here on the words mean a field by themselves; BESIDE_UNKNOWN and TIED must stay below."""
BESIDE_UNKNOWN: Final = 0.78
"""At most, where a telling last word follows letters that no word covers: 运输需求."""
TIED: Final = 0.75
"""Where two fields are meant alike."""
GENERIC: Final = 0.6
"""At most, where that last word says little: 立项日期."""
LIKE: Final = 0.6
"""At most, where only part of a field's concepts is said."""
LARGER: Final = 0.002
"""Added per concept explained, so that of two fields the one that explains more of the header wins."""
WORTH_A_LOOK: Final = 0.4
"""The share of a text's letters that known words must cover before it may name a field at all."""
HEADING_UNDERSTOOD: Final = 0.5
"""The share of a heading's letters that known words must cover before it tells a block."""

# How alike a header and a field's words are by shared letters (similarity).
UNKNOWN_LETTER: Final = 0.7
"""The weight of a letter that no word of the block has; one that n fields use weighs 1/n."""
HELD: Final = 0.8
"""The likeness of two texts of which one holds the other's letters in their order: 联系客户时间."""
INSIDE: Final = 0.6
"""The share of the longer text that the shorter must make up for that."""
SHORTEST_INSIDE: Final = 3
"""The letters that the shorter must have for that."""
OTHERWISE_MEANT: Final = 0.5
"""What shared letters count at most where the words are understood and mean something else."""

# How a column's words, cells and place add up to a total, by which guesses are ranked (evidence).
BY_NAME: Final = 0.55
"""The weight of the words."""
BY_CONTENT: Final = 0.4
"""The weight of the share of cells that read as what the field holds."""
BY_PLACE: Final = 0.05
"""Per neighbour that the schema has beside the field too."""
CONTENT_UNKNOWN: Final = 0.3
"""The share taken where the cells cannot tell: a column without values."""
CONTENT_SHORT: Final = 0.5
"""The share taken where the field's list is not known and all cells hold short texts."""

# What makes a guess sure enough to be taken (evidence).
SURE_NAME: Final = 0.6
"""Likeness of the words that suffices beside cells that fit, for required fields whose cells are telling."""
SURE_NAME_PLAIN: Final = 0.75
"""The same where many columns may hold such cells: dates, amounts, text."""
NAME_ALONE: Final = 0.8
"""Likeness that suffices for optional fields, and for any field where the column is empty."""
NAME_PLACED: Final = 0.55
"""Likeness that suffices for a name next to the field that the schema has beside it."""
NAME_HELPED: Final = 0.3
"""Likeness that suffices where the cells say clearly what they are."""
SURE_CONTENT: Final = 0.6
"""The share of cells that must fit before words may be taken at all."""
CLEAR_CONTENT: Final = 0.8
"""The share of cells that says clearly what they are."""
CONTENT_ALONE: Final = 0.9
"""The share of cells that decides without words."""
FEWEST_ALONE: Final = 3
"""The values needed for that."""
MOSTLY_REACHABLE: Final = 0.5
"""The share of contacts that must be mobile phones or addresses for that; the rest may be fax numbers."""
ON_ROSTER: Final = 0.9
"""The share of names on the roster that makes a column the rep's, whatever its header."""
PARTLY_ON_ROSTER: Final = 0.5
"""The share from which on it is named to whoever asks where the rep stands."""
GAINSAID: Final = 0.2
"""Of two fields meant alike the one is out for which a smaller share of the cells fits."""
RIVAL: Final = 0.75
"""A rival with this share of the best total makes the evidence ambiguous: nothing is taken."""
NEARER: Final = 0.03
"""Of two headers that mean a field the one is taken whose words are nearer by so much."""
WORTH_SAYING: Final = 0.25
"""The total from which on a field is suggested."""
AS_NEAR: Final = 0.6
"""A header is suggested for fields with at least this share of its best likeness."""

# Which form stands on a sheet (scoring): the score ranks forms, the share of required labels decides.
REQUIRED_FIELD: Final = 2.0
"""What a required field adds to a form's score."""
FIELD: Final = 1.0
"""What any other field adds."""
TITLE: Final = 4.0
"""What the form's title adds."""
TITLE_INSIDE: Final = 2.0
"""What the title adds where it is only part of a line."""
HEADING: Final = 1.0
"""What each heading of a block adds."""
TITLE_ALONE: Final = 1.0
"""The whole score of a titled sheet on which no field is found."""
HINT: Final = 0.5
"""What the form's name in the document properties adds: it decides between equals only."""
ENOUGH: Final = 0.45
"""The share of required labels that makes a form."""
ENOUGH_WITH_TITLE: Final = 0.27
"""The same under the form's title."""
ENOUGH_TAUGHT: Final = 0.2
"""The same where a team has taught one of the headers: it means this form."""
MORE_OF_A_LOG: Final = 0.25
"""By so much a log's share must be greater than an archive's of the same columns, to be preferred to it."""
LONG_LIST: Final = 7
"""So many of a form's columns in one table make the form, whatever it lacks."""
FEWEST_LABELS: Final = 2
"""So many labels of a team's own form must stand on a sheet without its title."""

NEARLY: Final = 0.15
"""The share from which on a sheet that is no form is said to look like one."""
NEARLY_BESIDE: Final = 0.3
"""The same beside a form that was found, without a title."""
NEARLY_BY_CARDS: Final = 0.5
"""The share that a form told by its cards must have more than, without a title."""
CLEARLY: Final = 0.8
"""With a smaller share another form may be meant, in words that no schema knows (read)."""
FAR_BETTER: Final = 1.3
"""It is, if its score is so many times that of the first (read)."""

# Which row heads which table (headers): one for each known field, and more for what is surer.
HEADER_REQUIRED: Final = 0.5
"""Added for a required field."""
HEADER_LABEL: Final = 0.1
"""Added for a field that is called by its very label."""
HEADER_TITLE: Final = 1.5
"""Added under the block's title."""
HEADER_WHOLE: Final = 1.5
"""By so much two tables side by side must outweigh one."""
MANY_COLUMNS: Final = 4
"""So many known columns make a table of which none is required."""

# What else is told by most of what is there.
CARD_FIELDS: Final = 6
"""So many fields of a table make a card of their own (records)."""
CARD_ROOM: Final = 0.6
"""The share of its labels that must stand before their values (records)."""
CARD_FITS: Final = 0.5
"""The share of its values that must read as what its fields hold (records)."""
FURTHER_CONTACTS: Final = 0.5
"""The share of a further column's cells that must be contacts (contacts)."""
HOURS: Final = 0.6
"""The share of a column's cells that must be times of day, to belong to the date beside it (hours)."""
HIDDEN_COPY: Final = 0.5
"""The share of a hidden sheet's records that must stand on the one shown, to make it a copy (hidden)."""
