"""The desk: a local page for people who never open a terminal. Needs the extra ``salesxl[desk]``."""
