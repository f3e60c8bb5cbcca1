-- The contract of crm over another CRM's people and syncs: its views, and what follows a change in its own transaction.
-- Read by a mapping, as crm_owner; it stands on `foreign_people` and `foreign_syncs` and knows no table of the CRM's.
CREATE OR REPLACE FUNCTION contact_of(p foreign_people) RETURNS TABLE (
    workspace_id uuid, id uuid, source text, external_id text, first_name text, last_name text, organization text,
    title text, emails text[], phones text[], urls text[], tags text[], notes text, account_id uuid,
    influence_score double precision, community_id integer, custom jsonb, created_at timestamptz,
    updated_at timestamptz, archived_at timestamptz, recorded_at timestamptz
)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT foreign_id(p.workspace), foreign_id(p.id), 'apple_contacts'::text, left(p.id::text, 200),
           left(coalesce(p.first_name, ''), 200), left(coalesce(p.last_name, ''), 200), left(p.organization, 300),
           left(p.title, 300), text_list(p.emails), text_list(p.phones), text_list(p.urls), text_list(p.tags),
           left(p.notes, 20000), NULL::uuid, NULL::double precision, NULL::integer, p.custom,
           coalesce(p.created_at, p.updated_at, '1970-01-01Z'), coalesce(p.updated_at, p.created_at, '1970-01-01Z'),
           p.archived_at, coalesce(p.created_at, p.updated_at, '1970-01-01Z');
END;

CREATE OR REPLACE VIEW foreign_contacts AS
SELECT c.* FROM foreign_people p CROSS JOIN LATERAL contact_of(p) AS c;

CREATE OR REPLACE VIEW crm.contacts AS
SELECT c.workspace_id, c.id, c.source, c.external_id, c.first_name, c.last_name, c.organization, c.title, c.emails,
       c.phones, c.urls, c.tags, c.notes,
       coalesce(c.account_id, d.account_id) AS account_id,
       coalesce(c.influence_score, g.influence_score) AS influence_score,
       coalesce(c.community_id, g.community_id) AS community_id,
       c.custom, c.created_at, c.updated_at, c.archived_at, c.recorded_at
FROM foreign_contacts c
LEFT JOIN contact_graph g ON g.workspace_id = c.workspace_id AND g.contact_id = c.id
LEFT JOIN contact_accounts d ON d.workspace_id = c.workspace_id AND d.contact_id = c.id;

CREATE OR REPLACE VIEW crm.interactions AS
SELECT foreign_id(s.workspace) AS workspace_id, foreign_id(s.id) AS id, 'contact_sync_history'::text AS source,
       left(s.id::text, 200) AS external_id, foreign_id(s.contact_id) AS contact_id, NULL::uuid AS counterpart_id,
       foreign_id(s.user_id) AS user_id, 'sync'::text AS kind, s.direction, s.synced_at AS occurred_at,
       NULL::text AS summary, s.synced_at AS recorded_at
FROM foreign_syncs s
WHERE EXISTS (
    SELECT FROM foreign_people p
    WHERE foreign_id(p.workspace) = foreign_id(s.workspace) AND foreign_id(p.id) = foreign_id(s.contact_id)
);

-- The CRM says of nobody whom he knows: links are those that the graph job derives.
CREATE OR REPLACE VIEW crm.links AS
SELECT workspace_id, id, 'derived'::text AS source, NULL::text AS external_id, contact_a, contact_b, strength, since,
       recorded_at
FROM derived_links;

-- Users stay ours; a user's own card is the contact that has his e-mail.
CREATE OR REPLACE VIEW crm.users AS
SELECT u.workspace_id, u.id, u.source, u.external_id,
       (
           SELECT k.contact_id FROM contact_keys k
           WHERE k.workspace_id = u.workspace_id AND k.kind = 'email' AND k.key = lower(btrim(u.email))
           ORDER BY k.position, k.contact_id LIMIT 1
       ) AS contact_id,
       u.name, u.email, u.role, u.created_at, u.updated_at, u.recorded_at
FROM users u;

GRANT SELECT ON crm.contacts, crm.interactions, crm.links, crm.users TO crm_reader;

-- Writers of the CRM come with rows of their own locked, so they must never wait for each other here: they share this lock.
-- Whoever writes for Rapport (a push of accounts, the graph, catching up) takes the workspace's row as ever, and by the
-- trigger below this lock alone. Hashed to few keys, for one statement may touch the people of every workspace.
CREATE OR REPLACE FUNCTION lock_of(tenant uuid) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtext(tenant::text) & 1023;

CREATE OR REPLACE FUNCTION lock_out_foreign_writers() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('rapport.foreign'), lock_of(NEW.id));
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER alone BEFORE UPDATE OF last_write ON workspaces
    FOR EACH ROW EXECUTE FUNCTION lock_out_foreign_writers();

CREATE OR REPLACE FUNCTION join_writers(tenant uuid) RETURNS void
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('rapport.foreign'), lock_of(tenant));
    IF NOT EXISTS (SELECT FROM workspaces WHERE id = tenant) THEN
        INSERT INTO workspaces (id) VALUES (tenant) ON CONFLICT (id) DO NOTHING;
    END IF;
    PERFORM pg_notify('crm_changes', '');
END
$$;

-- So the CRM's writes do not move `last_write`: who has news is told by the feed itself.
CREATE INDEX IF NOT EXISTS changes_by_transaction ON changes (transaction, workspace_id);
GRANT SELECT (workspace_id, transaction) ON changes TO workspace_lister;
DROP POLICY IF EXISTS listing ON changes;
CREATE POLICY listing ON changes FOR SELECT TO workspace_lister USING (true);
SET LOCAL ROLE workspace_lister;
CREATE OR REPLACE FUNCTION crm.list_workspaces(since xid8 DEFAULT '0')
RETURNS TABLE (id uuid, locale text, timezone text, pooled_training boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
    SELECT w.id, w.locale, w.timezone, w.pooled_training FROM workspaces w
    WHERE w.last_write >= since OR w.id IN (SELECT c.workspace_id FROM changes c WHERE c.transaction >= since)
$$;
SET LOCAL ROLE crm_owner;

CREATE OR REPLACE FUNCTION recognise_foreign(tenant uuid, ids uuid[]) RETURNS void
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    DELETE FROM contact_keys WHERE workspace_id = tenant AND contact_id = ANY (ids);
    SELECT derive_contact_keys(tenant, ids);
    SELECT derive_contact_accounts(tenant, ids)
$$;

-- Of people who are gone nothing stays, neither what is derived from them nor what they were.
CREATE OR REPLACE FUNCTION forget_foreign(tenant uuid, ids uuid[]) RETURNS void
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    DELETE FROM contact_versions WHERE workspace_id = tenant AND id = ANY (ids);
    DELETE FROM contact_keys WHERE workspace_id = tenant AND contact_id = ANY (ids);
    DELETE FROM contact_accounts WHERE workspace_id = tenant AND contact_id = ANY (ids);
    DELETE FROM contact_graph WHERE workspace_id = tenant AND contact_id = ANY (ids);
    DELETE FROM derived_links WHERE workspace_id = tenant AND contact_a = ANY (ids);
    DELETE FROM derived_links WHERE workspace_id = tenant AND contact_b = ANY (ids)
$$;

-- What became of some contacts: compared with their last versions, so that what has changed nothing costs no follower
-- anything, and noting the same twice changes nothing.
CREATE OR REPLACE FUNCTION note_contacts(tenant uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    at_work CONSTANT text := coalesce(current_setting('app.workspace_id', true), '');
    known uuid[];
    changed uuid[];
    gone uuid[];
    noted_at timestamptz;
BEGIN
    PERFORM set_config('app.workspace_id', tenant::text, true);
    PERFORM join_writers(tenant);
    known := ARRAY (SELECT DISTINCT v.id FROM contact_versions v WHERE v.workspace_id = tenant AND v.id = ANY (ids));
    changed := ARRAY (
        SELECT c.id
        FROM foreign_contacts c
        LEFT JOIN LATERAL (
            SELECT v.* FROM contact_versions v WHERE v.workspace_id = tenant AND v.id = c.id
            ORDER BY v.version DESC LIMIT 1
        ) AS v ON true
        WHERE c.workspace_id = tenant AND c.id = ANY (ids)
          AND (v.id IS NULL OR (
                  c.source, c.external_id, c.first_name, c.last_name, c.organization, c.title, c.emails, c.phones,
                  c.urls, c.tags, c.notes, c.account_id, c.influence_score, c.community_id, c.custom, c.created_at,
                  c.archived_at
              ) IS DISTINCT FROM (
                  v.source, v.external_id, v.first_name, v.last_name, v.organization, v.title, v.emails, v.phones,
                  v.urls, v.tags, v.notes, v.account_id, v.influence_score, v.community_id, v.custom, v.created_at,
                  v.archived_at
              ))
    );
    gone := ARRAY (
        SELECT k.id FROM unnest(known) AS k (id)
        WHERE k.id NOT IN (SELECT c.id FROM foreign_contacts c WHERE c.workspace_id = tenant AND c.id = ANY (ids))
    );
    IF cardinality(changed || gone) > 0 THEN
        noted_at := clock_timestamp();
        INSERT INTO contact_versions
        SELECT noted_at, nextval('change_seq'), c.* FROM foreign_contacts c
        WHERE c.workspace_id = tenant AND c.id = ANY (changed);
        INSERT INTO changes (workspace_id, kind, entity_id, op)
        SELECT tenant, 'contacts', id, CASE WHEN id = ANY (known) THEN 'update' ELSE 'insert' END
        FROM unnest(changed) AS id
        UNION ALL
        SELECT tenant, 'contacts', id, 'delete' FROM unnest(gone) AS id;
        PERFORM recognise_foreign(tenant, changed);
        PERFORM forget_foreign(tenant, gone);
    END IF;
    PERFORM set_config('app.workspace_id', at_work, true);
END
$$;

CREATE OR REPLACE FUNCTION note_interactions(tenant uuid, ids uuid[], op text) RETURNS void
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
DECLARE
    at_work CONSTANT text := coalesce(current_setting('app.workspace_id', true), '');
BEGIN
    PERFORM set_config('app.workspace_id', tenant::text, true);
    PERFORM join_writers(tenant);
    INSERT INTO changes (workspace_id, kind, entity_id, op) SELECT tenant, 'interactions', id, op FROM unnest(ids) AS id;
    PERFORM set_config('app.workspace_id', at_work, true);
END
$$;

-- A person as he stood with some columns as they were; nobody where the history holds what no such column can.
CREATE OR REPLACE FUNCTION with_former(person foreign_people, former jsonb) RETURNS foreign_people
LANGUAGE plpgsql STABLE
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    RETURN jsonb_populate_record(person, former - '{workspace,id,created_at,updated_at}'::text[]);
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- The past of people whom nobody has noted yet. Each sync that kept what it overwrote tells how a person stood before it;
-- where he was changed behind the history's back, nothing is known of him before that change. The minute is for clocks.
CREATE OR REPLACE FUNCTION note_past(tenant uuid, people uuid[]) RETURNS void
LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO contact_versions
    WITH told AS (
        SELECT s.id, foreign_id(s.contact_id) AS contact_id, s.synced_at, s.former,
               max(s.synced_at) OVER (PARTITION BY s.contact_id) AS last_at
        FROM foreign_syncs s
        WHERE foreign_id(s.contact_id) = ANY (people) AND jsonb_typeof(s.former) = 'object' AND s.synced_at <= now()
    ), present AS (
        SELECT p AS whole, c.id, c.created_at, greatest(c.updated_at, c.created_at) AS changed_at
        FROM foreign_people p CROSS JOIN LATERAL contact_of(p) AS c
        WHERE c.workspace_id = tenant AND c.id = ANY (people)
    ), states AS (
        SELECT p.id, p.whole, t.id AS sync_id, t.synced_at AS until,
               coalesce(
                   lag(t.synced_at) OVER (PARTITION BY t.contact_id ORDER BY t.synced_at, t.id), p.created_at
               ) AS valid_from,
               overlaid(t.former) OVER (PARTITION BY t.contact_id ORDER BY t.synced_at DESC, t.id DESC) AS former
        FROM told t JOIN present p ON p.id = t.contact_id
        WHERE p.changed_at <= t.last_at + interval '1 minute'
        UNION ALL
        SELECT p.id, p.whole, NULL, 'infinity',
               least(greatest(p.changed_at, (SELECT max(t.synced_at) FROM told t WHERE t.contact_id = p.id)), now()),
               '{}'
        FROM present p
    )
    SELECT s.valid_from, nextval('change_seq'), c.*
    FROM (SELECT * FROM states ORDER BY until, valid_from, sync_id) AS s
    CROSS JOIN LATERAL contact_of(with_former(s.whole, s.former)) AS c
    WHERE c.workspace_id = tenant AND c.id = s.id;
END;

-- Notes whatever was written to one workspace while no trigger looked; returns how many people there are.
CREATE OR REPLACE FUNCTION catch_up(tenant uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    at_work CONSTANT text := coalesce(current_setting('app.workspace_id', true), '');
    people uuid[];
    fresh uuid[];
BEGIN
    PERFORM set_config('app.workspace_id', tenant::text, true);
    INSERT INTO workspaces (id) VALUES (tenant) ON CONFLICT (id) DO NOTHING;
    UPDATE workspaces SET last_write = pg_current_xact_id() WHERE id = tenant; -- alone from here on
    people := ARRAY (SELECT c.id FROM foreign_contacts c WHERE c.workspace_id = tenant);
    fresh := ARRAY (
        SELECT p.id FROM unnest(people) AS p (id)
        WHERE NOT EXISTS (SELECT FROM contact_versions v WHERE v.workspace_id = tenant AND v.id = p.id)
    );
    PERFORM note_past(tenant, fresh);
    INSERT INTO changes (workspace_id, kind, entity_id, op) SELECT tenant, 'contacts', id, 'insert' FROM unnest(fresh) AS id;
    PERFORM recognise_foreign(tenant, fresh);
    PERFORM note_contacts(tenant, people || ARRAY (SELECT v.id FROM contact_versions v WHERE v.workspace_id = tenant));
    PERFORM set_config('app.workspace_id', at_work, true);
    RETURN cardinality(people);
END
$$;

CREATE OR REPLACE FUNCTION foreign_people_emptied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM catch_up(w.id) FROM crm.list_workspaces() AS w;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION catch_up(uuid), foreign_people_emptied() FROM PUBLIC;
