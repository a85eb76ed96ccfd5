"""Stored files: where they are kept, how pictures are made safe, and how they are served."""
