"""Work that is done beside the requests: what waits is a document, the queue only says which one is next."""
