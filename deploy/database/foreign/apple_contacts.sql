-- Puts people of `apple_contacts` and syncs of `contact_sync_history` behind Rapport's views: docs/foreign-crm.md.
-- Run it with psql as a superuser; again after every migration of services/crm, for one may bring a view of ours back.
-- What is there already stays. Only this file knows the CRM's columns: where yours are called otherwise, say so here.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?contacts}
\else
  \set contacts public.apple_contacts
\endif
\if :{?history}
\else
  \set history public.contact_sync_history
\endif
SET client_min_messages = warning;
SET search_path = crm_store, crm, public;

BEGIN;
DO $$
BEGIN
    IF EXISTS (SELECT FROM crm_store.contacts) THEN
        RAISE EXCEPTION 'people were already pushed or imported into this Rapport; they would vanish behind the views';
    END IF;
END
$$;
SELECT string_agg(DISTINCT relnamespace::regnamespace::text, ', ') AS schemas FROM pg_class
WHERE oid IN (:'contacts'::regclass, :'history'::regclass) \gset
GRANT USAGE ON SCHEMA :schemas TO crm_owner;
GRANT SELECT ON :contacts, :history TO crm_owner;
SET LOCAL ROLE crm_owner;
\ir values.sql

-- People who were not deleted, by workspace: whose address book it is. Ids may be uuid, bigint or text; lists jsonb, json,
-- text[] or text. The guard is the last line, whatever the table has: only the workspace at work is ever seen.
CREATE OR REPLACE VIEW foreign_people WITH (security_barrier) AS
SELECT a.user_id AS workspace, a.id, a.first_name, a.last_name, a.company AS organization, a.job_title AS title,
       a.emails, a.phones, '{}'::text[] AS urls, a.tags, a.notes, '{}'::jsonb AS custom, a.created_at, a.updated_at,
       NULL::timestamptz AS archived_at
FROM :contacts a
WHERE a.deleted_at IS NULL
  AND foreign_id(a.user_id) = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid;

-- Syncs. `direction` is seen from the CRM: `in` brought something from the address book, `out` took something there.
-- `former` is what a sync overwrote: columns of the view above, with the values they had before; null where that is not
-- kept.
CREATE OR REPLACE VIEW foreign_syncs WITH (security_barrier) AS
SELECT h.user_id AS workspace, h.id, h.contact_id, h.user_id,
       CASE
           WHEN lower(h.direction) IN ('in', 'inbound', 'import', 'pull', 'from_apple', 'apple_to_crm') THEN 'in'
           WHEN lower(h.direction) IN ('out', 'outbound', 'export', 'push', 'to_apple', 'crm_to_apple') THEN 'out'
           ELSE 'both'
       END AS direction,
       h.synced_at,
       renamed(renamed(h.old_values, 'company', 'organization'), 'job_title', 'title') AS former
FROM :history h
WHERE h.contact_id IS NOT NULL AND h.synced_at IS NOT NULL
  AND foreign_id(h.user_id) = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid;

\ir contract.sql

-- Who was written to, by workspace. Of a change the former rows too: they may have been another workspace's.
CREATE OR REPLACE FUNCTION foreign_people_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM note_contacts(one.tenant, one.ids) FROM (
        SELECT foreign_id(t.user_id) AS tenant, array_agg(foreign_id(t.id)) AS ids FROM touched t
        WHERE t.user_id IS NOT NULL
        GROUP BY 1 ORDER BY 1
    ) AS one;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION foreign_people_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM note_contacts(one.tenant, one.ids) FROM (
        SELECT foreign_id(either.user_id) AS tenant, array_agg(foreign_id(either.id)) AS ids
        FROM (SELECT user_id, id FROM touched UNION SELECT user_id, id FROM former) AS either
        WHERE either.user_id IS NOT NULL
        GROUP BY 1 ORDER BY 1
    ) AS one;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION foreign_syncs_touched() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    PERFORM note_interactions(one.tenant, one.ids, lower(TG_OP)) FROM (
        SELECT foreign_id(t.user_id) AS tenant, array_agg(foreign_id(t.id)) AS ids FROM touched t
        WHERE t.user_id IS NOT NULL
        GROUP BY 1 ORDER BY 1
    ) AS one;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION foreign_people_touched(), foreign_people_changed(), foreign_syncs_touched() FROM PUBLIC;
RESET ROLE;

-- Where the tables have row-level security, the views read them as crm_owner: the workspace at work, nothing else.
DROP POLICY IF EXISTS rapport_reads ON :contacts;
CREATE POLICY rapport_reads ON :contacts FOR SELECT TO crm_owner
    USING (foreign_id(user_id) = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);
DROP POLICY IF EXISTS rapport_reads ON :history;
CREATE POLICY rapport_reads ON :history FOR SELECT TO crm_owner
    USING (foreign_id(user_id) = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

CREATE OR REPLACE TRIGGER rapport_insert AFTER INSERT ON :contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_people_touched();
CREATE OR REPLACE TRIGGER rapport_update AFTER UPDATE ON :contacts
    REFERENCING OLD TABLE AS former NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_people_changed();
CREATE OR REPLACE TRIGGER rapport_delete AFTER DELETE ON :contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_people_touched();
CREATE OR REPLACE TRIGGER rapport_truncate AFTER TRUNCATE ON :contacts
    FOR EACH STATEMENT EXECUTE FUNCTION foreign_people_emptied();
CREATE OR REPLACE TRIGGER rapport_insert AFTER INSERT ON :history
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_syncs_touched();
CREATE OR REPLACE TRIGGER rapport_update AFTER UPDATE ON :history
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_syncs_touched();
CREATE OR REPLACE TRIGGER rapport_delete AFTER DELETE ON :history
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION foreign_syncs_touched();
COMMIT;

-- What was written while no trigger looked, the first time everything: a transaction for each workspace, so that the
-- CRM's own writers wait for one of them at most.
\pset format unaligned
\pset tuples_only on
SELECT format('SELECT %L, catch_up(%L)', tenant, tenant) FROM (
    SELECT foreign_id(user_id) AS tenant FROM :contacts WHERE user_id IS NOT NULL UNION SELECT id FROM workspaces
) AS everybody
ORDER BY tenant \gexec
