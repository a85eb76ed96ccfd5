"""Checking a running forum: what it says of itself against what is there.

registry    THE list of checks; a feature adds its own there
check       what a check is, and a fault that it finds
looking     runs them: a look at everything, a second look in a snapshot at what seems wrong, repairs
ids         ids in every document that lead nowhere
topics, comments, boards, people, notices, conversations, files, rest   the checks, by what they are about
indexes     indexes that are missing, and those that are not ours
"""
