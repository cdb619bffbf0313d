"""Time the Friday job and marking, and compare what marking keeps with openpyxl
and what templates keep with xltpl. Run: make bench."""

from __future__ import annotations

from bench import engines, features_kept, friday, marking

if __name__ == "__main__":
    friday.main()
    print()
    marking.main()
    print()
    features_kept.main()
    print()
    engines.main()
