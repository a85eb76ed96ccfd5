"""Tags: what administrators say of them, and changes that go through all topics."""
