-- What a filter asks for is read from the postings alone; a vector knows its contact's number there, which the walk of an
-- index is filtered by. One without a number is found all the same, the slower way; the next embed job gives it one.
DROP TABLE labels;
ALTER TABLE vectors DROP COLUMN labels;
ALTER TABLE vectors ADD COLUMN number integer;
