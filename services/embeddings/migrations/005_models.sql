-- Which embedding models a workspace has, and what their providers have cost it. See docs/decisions/0018-embedding-models.md.
-- A workspace without a row is served by the process's first model; its first vectors bring the row.
CREATE TABLE models (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    dimensions integer NOT NULL CHECK (dimensions > 0),
    state text NOT NULL CHECK (state IN ('embedding', 'ready', 'serving', 'removing')),
    replaced text, -- what served before it: a rollback leads there
    added_at timestamptz NOT NULL DEFAULT now(),
    serving_since timestamptz,
    served_until timestamptz,
    PRIMARY KEY (workspace_id, name)
);

CREATE UNIQUE INDEX models_serving ON models (workspace_id) WHERE state = 'serving';

-- Tokens that vectors of contacts have cost on a day (UTC): written with the vectors, so that replicas agree.
CREATE TABLE spent_tokens (
    workspace_id uuid NOT NULL,
    day date NOT NULL,
    tokens bigint NOT NULL CHECK (tokens >= 0),
    PRIMARY KEY (workspace_id, day)
);

ALTER TABLE models ENABLE ROW LEVEL SECURITY;
ALTER TABLE spent_tokens ENABLE ROW LEVEL SECURITY;

-- What has vectors already: the newest serves. The owner is bound by the policies too, so they are forced afterwards.
ALTER TABLE vectors NO FORCE ROW LEVEL SECURITY;
INSERT INTO models (workspace_id, name, dimensions, state, serving_since)
SELECT workspace_id, model, dimensions, CASE WHEN place = 1 THEN 'serving' ELSE 'embedding' END,
       CASE WHEN place = 1 THEN now() END
FROM (
    SELECT workspace_id, model, min(vector_dims(embedding)) AS dimensions,
           row_number() OVER (PARTITION BY workspace_id ORDER BY max(embedded_at) DESC, model) AS place
    FROM vectors
    GROUP BY workspace_id, model
) AS found;
ALTER TABLE vectors FORCE ROW LEVEL SECURITY;

ALTER TABLE models FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON models
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
ALTER TABLE spent_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON spent_tokens
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
