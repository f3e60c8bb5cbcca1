-- How values of another CRM become values of the contract, whatever types its columns have. SQL bodies are not
-- strings: a service that reads a view has no right to this schema, so names must be settled now and not when it asks.
CREATE OR REPLACE FUNCTION foreign_id(id uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN id;

CREATE OR REPLACE FUNCTION foreign_id(id bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lpad(to_hex(id), 32, '0')::uuid;

-- A text that is no uuid becomes one, always the same.
CREATE OR REPLACE FUNCTION foreign_id(id text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN id ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN id::uuid ELSE md5(id)::uuid
END;

-- Up to fifty texts of a list: strings, or objects that have one under a usual name. One that is too long is none.
-- Without a query inside, for that would be planned anew for every person wherever plans are custom.
CREATE OR REPLACE FUNCTION text_list(list jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    listed CONSTANT jsonb := CASE jsonb_typeof(list) WHEN 'array' THEN list ELSE jsonb_build_array(list) END;
    entry jsonb;
    word text;
    words text[] := '{}';
BEGIN
    FOR position IN 0 .. least(jsonb_array_length(listed), 50) - 1 LOOP
        entry := listed -> position;
        word := btrim(CASE jsonb_typeof(entry)
            WHEN 'object' THEN coalesce(
                entry ->> 'value', entry ->> 'email', entry ->> 'address', entry ->> 'number', entry ->> 'phone',
                entry ->> 'url', entry ->> 'name'
            )
            WHEN 'array' THEN NULL
            ELSE entry #>> '{}'
        END);
        IF length(word) BETWEEN 1 AND 320 THEN
            words := words || word;
        END IF;
    END LOOP;
    RETURN words;
END
$$;

CREATE OR REPLACE FUNCTION text_list(list json) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN text_list(list::jsonb);

CREATE OR REPLACE FUNCTION text_list(list text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN text_list(to_jsonb(list));

-- A text is a list whose parts are separated by commas, semicolons or line ends.
CREATE OR REPLACE FUNCTION text_list(list text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN text_list(to_jsonb(regexp_split_to_array(list, E'[,;\n]')));

-- Old values under the name their column has behind the views.
CREATE OR REPLACE FUNCTION renamed(former jsonb, its_name text, our_name text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN former ? its_name THEN former - its_name || jsonb_build_object(our_name, former -> its_name) ELSE former
END;

-- What several changes overwrote, the oldest value of each column: fed from the newest change to the oldest.
CREATE OR REPLACE AGGREGATE overlaid(jsonb) (SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}');
