"""Importing a Discourse archive: one JSON file a post, as Discourse's post API gives them.

    archive    a file → a post, or why not
    identity   where a document comes from, and the id that follows from it
    spool      what is in the archive, in a temporary file: only numbers and paths, the texts stay where they are
    scan       the folder → the spool
    boards     categories → boards
    naming     Discourse names → names that the forum takes
    people     users → users
    topics     topics → topics
    texts      the texts that a post has had, in order
    drafts     what a comment should be, and in what it differs from what is stored
    rendering  Markdown → HTML, with mentions and quotes of imported people and topics
    writing    drafts → the database
    counting   counters from what is there
    run        all of it in order

Everything gets an id that follows from its source, and is compared before it is written. So an import that was killed
is finished by the next, a second one changes nothing, and a later archive adds only what is new or newer in it.
"""
