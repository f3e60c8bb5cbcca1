-- The stems of each text and how often each is in it: English words as English, others as Russian, no stop words.
SELECT t.position::integer AS position, s.lexeme, cardinality(s.positions) AS count
FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS t (text, position), unnest(to_tsvector('russian', t.text)) AS s
