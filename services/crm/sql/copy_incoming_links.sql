-- Copy derived links in.
COPY incoming_links (id, contact_a, contact_b, strength, since) FROM STDIN (FORMAT BINARY)
