"""What the forum has of a person: taken along as an archive, and erased with the account."""
