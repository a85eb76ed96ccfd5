"""Importing a NodeBB (2, 3 or 4) from its MongoDB, which is only read.

    store      NodeBB's collection `objects`: hashes, sorted sets, sets
    values     its loosely typed values
    marks      which state of a thing is newer
    scanning   the first pass: ids, names and places into the spool
    places     the spool, with what NodeBB says of topics
    reading    posts with their earlier texts, as the importer takes them
    patches    an earlier text from the one after it
    words      NodeBB's Markdown → ours
    files      uploads and pictures, when their folder is given
    accounts   what people have brought: address, password, profile, ban
    boards     which boards are closed to whom
    votes      upvotes → likes
    relations  whom people follow and block, what they watch and keep
    chats      rooms → conversations
    run        all of it in order, on top of scripts.importing.run

Who has logged in here has moved: what they are, follow, block, watch, keep and like stays as it is here.
"""
