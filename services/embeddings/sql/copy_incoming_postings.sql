-- Copy blocks of postings in.
COPY incoming_postings (term, block, entries) FROM STDIN (FORMAT BINARY)
