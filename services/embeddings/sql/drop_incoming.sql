-- Make way for the vectors of another model in the same transaction.
DROP TABLE incoming_vectors
