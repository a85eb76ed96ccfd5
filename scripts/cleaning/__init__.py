"""Purging: what was soft-deleted long enough ago, and what nothing refers to any more.

registry   which fields name people and files
plan       what is to be purged, found out before anything is, and what became of it
keeping    plans as files, by their ids
running    making a plan, and carrying one out once
finding    fills the plan, reading only
people     deleted people whom nobody names any more
leavers    people who have left, and e-mails that are kept for a while only
files      stored files that nobody names any more
purging    does what the plan says
"""
