-- What a contact is recognised by (e-mails, phones, name with organization), and the account its e-mails lead to.
-- Both are derived by triggers in the transaction of the fact, whoever writes it, and never written into contacts. The
-- triggers keep them true, once for a statement: foreign keys would be asked once for every key of every contact.

-- `position` is the place of the e-mail or phone in the contact's own list: the first one speaks loudest.
CREATE TABLE contact_keys (
    workspace_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'domain', 'phone', 'name')),
    key text NOT NULL,
    contact_id uuid NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (workspace_id, kind, key, contact_id)
);

CREATE INDEX contact_keys_of_contact ON contact_keys (workspace_id, contact_id);

CREATE TABLE contact_accounts (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    account_id uuid NOT NULL,
    PRIMARY KEY (workspace_id, contact_id)
);

ALTER TABLE contact_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON contact_keys
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

ALTER TABLE contact_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON contact_accounts
    USING (workspace_id = nullif((SELECT current_setting('app.workspace_id', true)), '')::uuid);

-- Mail providers that serve everybody: such a domain says nothing about where somebody works.
CREATE FUNCTION is_public_mail(domain text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT domain = ANY (ARRAY[
        '126.com', '139.com', '163.com', '189.cn', 'alice.it', 'aliyun.com', 'aol.com', 'arcor.de', 'att.net',
        'bellsouth.net', 'bigpond.com', 'bk.ru', 'bluewin.ch', 'bol.com.br', 'btinternet.com', 'centrum.cz',
        'charter.net', 'comcast.net', 'cox.net', 'daum.net', 'duck.com', 'earthlink.net', 'email.cz', 'email.com',
        'fastmail.com', 'fastmail.fm', 'foxmail.com', 'free.fr', 'freenet.de', 'gmail.com', 'gmx.at', 'gmx.ch',
        'gmx.com', 'gmx.de', 'gmx.net', 'googlemail.com', 'hanmail.net', 'hey.com', 'hotmail.co.uk', 'hotmail.com',
        'hotmail.de', 'hotmail.es', 'hotmail.fr', 'hotmail.it', 'hushmail.com', 'i.ua', 'icloud.com', 'inbox.com',
        'inbox.lv', 'inbox.ru', 'internet.ru', 'interia.pl', 'juno.com', 'laposte.net', 'libero.it', 'list.ru',
        'live.co.uk', 'live.com', 'live.de', 'live.fr', 'live.nl', 'lycos.com', 'mac.com', 'mail.com', 'mail.ee',
        'mail.ru', 'mail.ua', 'mailbox.org', 'me.com', 'msn.com', 'naver.com', 'ntlworld.com', 'o2.pl', 'onet.pl',
        'op.pl', 'optonline.net', 'orange.fr', 'outlook.com', 'outlook.de', 'outlook.es', 'outlook.fr', 'pm.me',
        'posteo.de', 'proton.me', 'protonmail.ch', 'protonmail.com', 'qip.ru', 'qq.com', 'rambler.ru', 'rediffmail.com',
        'rocketmail.com', 'runbox.com', 'sbcglobal.net', 'seznam.cz', 'sfr.fr', 'shaw.ca', 'sina.com', 'sky.com',
        'sohu.com', 't-online.de', 'telenet.be', 'terra.com.br', 'tiscali.it', 'tuta.io', 'tutanota.com', 'ukr.net',
        'uol.com.br', 'verizon.net', 'virgilio.it', 'virginmedia.com', 'vk.com', 'volny.cz', 'wanadoo.fr', 'web.de',
        'windowslive.com', 'wp.pl', 'xtra.co.nz', 'ya.ru', 'yahoo.ca', 'yahoo.co.in', 'yahoo.co.jp', 'yahoo.co.uk',
        'yahoo.com', 'yahoo.com.ar', 'yahoo.com.br', 'yahoo.com.mx', 'yahoo.de', 'yahoo.es', 'yahoo.fr', 'yahoo.it',
        'yandex.by', 'yandex.com', 'yandex.kz', 'yandex.ru', 'yandex.ua', 'yeah.net', 'ymail.com', 'zoho.com'
    ])
$$;

-- Digits only, without the international 00, and Russia's inner 8 as its outer 7; under seven digits is no number.
CREATE FUNCTION phone_key(phone text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    digits text := regexp_replace(phone, '[^0-9]', '', 'g');
BEGIN
    IF digits LIKE '00%' THEN
        digits := substr(digits, 3);
    END IF;
    IF length(digits) < 7 THEN
        RETURN NULL;
    ELSIF length(digits) = 11 AND digits LIKE '8%' AND ltrim(phone) NOT LIKE '+%' THEN
        RETURN '7' || substr(digits, 2);
    END IF;
    RETURN digits;
END
$$;

-- A hash, for names and organizations may be longer than an index takes; null where either is missing.
CREATE FUNCTION name_key(first_name text, last_name text, organization text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN first_name <> '' AND last_name <> '' AND organization <> '' THEN
        md5(lower(regexp_replace(
            btrim(first_name) || E'\x1f' || btrim(last_name) || E'\x1f' || btrim(organization), '\s+', ' ', 'g'
        )))
    END
$$;

-- Planned for the rows at hand: a plan made while the tables were empty would read them whole for ever.
CREATE FUNCTION derive_contact_keys(tenant uuid, contact_ids uuid[]) RETURNS void
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    INSERT INTO contact_keys (workspace_id, kind, key, contact_id, position)
    SELECT tenant, found.kind, found.key, c.id, min(found.position)
    FROM contacts c
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

-- The account of the first e-mail whose domain has one, of several accounts the one recorded first; returns who changed.
CREATE FUNCTION derive_contact_accounts(tenant uuid, contact_ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    WITH best AS (
        SELECT DISTINCT ON (k.contact_id) k.contact_id, a.id AS account_id
        FROM contact_keys k
        JOIN accounts a ON a.workspace_id = tenant AND a.domain = k.key
        WHERE k.workspace_id = tenant AND k.kind = 'domain' AND k.contact_id = ANY (contact_ids)
        ORDER BY k.contact_id, k.position, a.recorded_at, a.id
    ), gone AS (
        DELETE FROM contact_accounts d
        WHERE d.workspace_id = tenant AND d.contact_id = ANY (contact_ids)
          AND NOT EXISTS (SELECT FROM best WHERE best.contact_id = d.contact_id)
        RETURNING d.contact_id
    ), put AS (
        INSERT INTO contact_accounts AS d (workspace_id, contact_id, account_id)
        SELECT tenant, best.contact_id, best.account_id FROM best
        ON CONFLICT (workspace_id, contact_id) DO UPDATE SET account_id = excluded.account_id
        WHERE d.account_id <> excluded.account_id
        RETURNING d.contact_id
    )
    SELECT contact_id FROM gone UNION ALL SELECT contact_id FROM put
$$;

CREATE FUNCTION recognise_contacts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    tenant CONSTANT uuid := (SELECT workspace_id FROM touched LIMIT 1);
    stale uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        stale := ARRAY (SELECT id FROM touched);
    ELSE
        stale := ARRAY (
            SELECT t.id FROM touched t JOIN former f ON f.workspace_id = t.workspace_id AND f.id = t.id
            WHERE (t.emails, t.phones, t.first_name, t.last_name, t.organization)
                IS DISTINCT FROM (f.emails, f.phones, f.first_name, f.last_name, f.organization)
        );
        DELETE FROM contact_keys WHERE workspace_id = tenant AND contact_id = ANY (stale);
    END IF;
    IF cardinality(stale) > 0 THEN
        PERFORM derive_contact_keys(tenant, stale);
        PERFORM derive_contact_accounts(tenant, stale);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER recognise_new AFTER INSERT ON contacts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION recognise_contacts();
CREATE TRIGGER recognise_changed AFTER UPDATE ON contacts
    REFERENCING OLD TABLE AS former NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION recognise_contacts();

CREATE FUNCTION forget_contacts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    tenant CONSTANT uuid := (SELECT workspace_id FROM touched LIMIT 1);
    gone CONSTANT uuid[] := ARRAY (SELECT id FROM touched);
BEGIN
    DELETE FROM contact_keys WHERE workspace_id = tenant AND contact_id = ANY (gone);
    DELETE FROM contact_accounts WHERE workspace_id = tenant AND contact_id = ANY (gone);
    RETURN NULL;
END
$$;

CREATE TRIGGER recognise_deleted AFTER DELETE ON contacts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION forget_contacts();

-- Contacts whose account changes although nobody wrote to them are in the feed as well.
CREATE FUNCTION rederive_contacts(tenant uuid, domains text[]) RETURNS void
LANGUAGE sql
SET search_path = crm_store, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
    INSERT INTO changes (workspace_id, kind, entity_id, op)
    SELECT tenant, 'contacts', changed.id, 'update'
    FROM derive_contact_accounts(tenant, ARRAY (
        SELECT DISTINCT contact_id FROM contact_keys
        WHERE workspace_id = tenant AND kind = 'domain' AND key = ANY (domains)
    )) AS changed (id)
$$;

CREATE FUNCTION place_contacts() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
DECLARE
    tenant CONSTANT uuid := (SELECT workspace_id FROM touched LIMIT 1);
    domains text[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        domains := ARRAY (
            SELECT unnest(ARRAY[t.domain, f.domain])
            FROM touched t JOIN former f ON f.workspace_id = t.workspace_id AND f.id = t.id
            WHERE t.domain IS DISTINCT FROM f.domain
        );
    ELSE
        domains := ARRAY (SELECT domain FROM touched WHERE domain IS NOT NULL);
    END IF;
    IF cardinality(domains) > 0 THEN
        PERFORM rederive_contacts(tenant, domains);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER place_by_new AFTER INSERT ON accounts
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION place_contacts();
CREATE TRIGGER place_by_changed AFTER UPDATE ON accounts
    REFERENCING OLD TABLE AS former NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION place_contacts();
CREATE TRIGGER place_by_deleted AFTER DELETE ON accounts
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION place_contacts();

-- What the CRM gives wins; else the account of the domain, and what the graph job derived.
CREATE OR REPLACE VIEW crm.contacts AS
SELECT c.workspace_id, c.id, c.source, c.external_id, c.first_name, c.last_name, c.organization, c.title, c.emails,
       c.phones, c.urls, c.tags, c.notes,
       coalesce(c.account_id, d.account_id) AS account_id,
       coalesce(c.influence_score, g.influence_score) AS influence_score,
       coalesce(c.community_id, g.community_id) AS community_id,
       c.custom, c.created_at, c.updated_at, c.archived_at, c.recorded_at
FROM contacts c
LEFT JOIN contact_graph g ON g.workspace_id = c.workspace_id AND g.contact_id = c.id
LEFT JOIN contact_accounts d ON d.workspace_id = c.workspace_id AND d.contact_id = c.id;

-- What is there already, one workspace after another: row-level security binds the owner too.
DO $$
DECLARE
    tenant uuid;
BEGIN
    FOR tenant IN SELECT id FROM crm.list_workspaces() LOOP
        PERFORM set_config('app.workspace_id', tenant::text, true);
        PERFORM derive_contact_keys(tenant, ARRAY (SELECT id FROM contacts WHERE workspace_id = tenant));
        PERFORM derive_contact_accounts(tenant, ARRAY (SELECT id FROM contacts WHERE workspace_id = tenant));
    END LOOP;
    PERFORM set_config('app.workspace_id', '', true);
END
$$;
