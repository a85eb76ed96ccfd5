"""Moving, merging, splitting, warning, silencing, banning, and taking it back."""
