"""Time the Friday job, and compare what marking keeps with a load and save of openpyxl. Run: make bench."""

from __future__ import annotations

from bench import features_kept, friday

if __name__ == "__main__":
    friday.main()
    print()
    features_kept.main()
