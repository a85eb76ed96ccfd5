"""Reports, what moderators decide of them, and appeals against what was decided."""
