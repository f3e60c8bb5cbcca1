-- What is derived from people and kept of their past asks the view who there is, not our table: another CRM's tables may
-- stand behind it (docs/foreign-crm.md). So versions have no foreign key to contacts; the trigger below takes its place.
ALTER TABLE contact_versions DROP CONSTRAINT contact_versions_workspace_id_id_fkey;

CREATE FUNCTION forget_versions() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    DELETE FROM contact_versions v USING touched t WHERE v.workspace_id = t.workspace_id AND v.id = t.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER versions_of_deleted AFTER DELETE ON contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION forget_versions();

CREATE OR REPLACE FUNCTION derive_contact_keys(tenant uuid, contact_ids uuid[]) RETURNS void
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    INSERT INTO contact_keys (workspace_id, kind, key, contact_id, position)
    SELECT tenant, found.kind, found.key, c.id, min(found.position)
    FROM crm.contacts c
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, lower(btrim(email)) AS key, position FROM unnest(c.emails) WITH ORDINALITY AS e (email, position)
        UNION ALL
        SELECT 'domain', substring(lower(btrim(email)) FROM '@([^@]+)$'), position
        FROM unnest(c.emails) WITH ORDINALITY AS e (email, position)
        UNION ALL
        SELECT 'phone', phone_key(phone), position FROM unnest(c.phones) WITH ORDINALITY AS p (phone, position)
        UNION ALL
        SELECT 'name', name_key(c.first_name, c.last_name, c.organization), 1
    ) AS found
    WHERE c.workspace_id = tenant AND c.id = ANY (contact_ids)
      AND found.key <> '' AND NOT (found.kind = 'domain' AND is_public_mail(found.key))
    GROUP BY found.kind, found.key, c.id
$$;
