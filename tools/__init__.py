"""What the repository makes of itself: templates, examples, reference pages. Not part of the package."""
