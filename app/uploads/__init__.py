"""Files in texts: sent, shown to those who may read a place they are used in, listed, deleted."""
