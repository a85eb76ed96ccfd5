"""What moderators, administrators and scripts do is written down, in the transaction of the act."""
