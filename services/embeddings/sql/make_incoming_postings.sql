-- Where blocks of postings are copied to before they are merged.
CREATE TEMPORARY TABLE incoming_postings (term text COLLATE "C", block integer, entries bytea) ON COMMIT DROP
