-- Where everybody's nearest cluster is kept until it takes the place of the last run's.
CREATE TEMPORARY TABLE placed (contact_id uuid PRIMARY KEY, cluster_id integer, similarity double precision) ON COMMIT DROP
