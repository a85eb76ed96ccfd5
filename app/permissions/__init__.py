"""What people may do: the catalogue of permissions, the roles that hold them, and the one function that decides."""
