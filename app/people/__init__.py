"""Who people are, in the short: their cards."""
