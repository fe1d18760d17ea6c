"""What every engine that runs a plan as SQL shares: the plan as a sequence of set steps, wherever the tables stand and however SQL is spelled there."""
