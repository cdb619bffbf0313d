"""What checks and figures share: grades, periods, ownership, identity, stages, working days, money."""
