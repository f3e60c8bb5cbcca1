CREATE SCHEMA crm;
ALTER SCHEMA crm OWNER TO crm_owner;

CREATE SCHEMA crm_store;
ALTER SCHEMA crm_store OWNER TO crm_owner;

CREATE FUNCTION crm.list_workspaces(since xid8 DEFAULT '0'::xid8) RETURNS TABLE(id uuid, locale text, timezone text, pooled_training boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
    SELECT w.id, w.locale, w.timezone, w.pooled_training FROM workspaces w WHERE w.last_write >= since
$$;
ALTER FUNCTION crm.list_workspaces(since xid8) OWNER TO workspace_lister;

CREATE FUNCTION crm_store.derive_contact_accounts(tenant uuid, contact_ids uuid[]) RETURNS SETOF uuid
    LANGUAGE sql
    SET search_path TO 'crm_store', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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
ALTER FUNCTION crm_store.derive_contact_accounts(tenant uuid, contact_ids uuid[]) OWNER TO crm_owner;

CREATE FUNCTION crm_store.derive_contact_keys(tenant uuid, contact_ids uuid[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'crm_store', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $_$
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
$_$;
ALTER FUNCTION crm_store.derive_contact_keys(tenant uuid, contact_ids uuid[]) OWNER TO crm_owner;

CREATE FUNCTION crm_store.drop_derived() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM contact_graph g USING touched t WHERE g.workspace_id = t.workspace_id AND g.contact_id = t.id;
    DELETE FROM derived_links d USING touched t WHERE d.workspace_id = t.workspace_id AND d.contact_a = t.id;
    DELETE FROM derived_links d USING touched t WHERE d.workspace_id = t.workspace_id AND d.contact_b = t.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.drop_derived() OWNER TO crm_owner;

CREATE FUNCTION crm_store.drop_file() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM import_chunks WHERE workspace_id = NEW.workspace_id AND job_id = NEW.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.drop_file() OWNER TO crm_owner;

CREATE FUNCTION crm_store.forget_contacts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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
ALTER FUNCTION crm_store.forget_contacts() OWNER TO crm_owner;

CREATE FUNCTION crm_store.forget_merges() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    UPDATE merges m SET contact_id = NULL, snapshot = NULL
    FROM touched t
    WHERE m.workspace_id = t.workspace_id AND m.contact_id = t.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.forget_merges() OWNER TO crm_owner;

CREATE FUNCTION crm_store.give_way() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM derived_links d USING touched t
    WHERE d.workspace_id = t.workspace_id AND d.contact_a = t.contact_a AND d.contact_b = t.contact_b;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.give_way() OWNER TO crm_owner;

CREATE FUNCTION crm_store.is_public_mail(domain text) RETURNS boolean
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
ALTER FUNCTION crm_store.is_public_mail(domain text) OWNER TO crm_owner;

CREATE FUNCTION crm_store.name_key(first_name text, last_name text, organization text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT CASE WHEN first_name <> '' AND last_name <> '' AND organization <> '' THEN
        md5(lower(regexp_replace(
            btrim(first_name) || E'\x1f' || btrim(last_name) || E'\x1f' || btrim(organization), '\s+', ' ', 'g'
        )))
    END
$$;
ALTER FUNCTION crm_store.name_key(first_name text, last_name text, organization text) OWNER TO crm_owner;

CREATE FUNCTION crm_store.phone_key(phone text) RETURNS text
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
ALTER FUNCTION crm_store.phone_key(phone text) OWNER TO crm_owner;

CREATE FUNCTION crm_store.place_contacts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
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
ALTER FUNCTION crm_store.place_contacts() OWNER TO crm_owner;

CREATE FUNCTION crm_store.recognise_contacts() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
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
ALTER FUNCTION crm_store.recognise_contacts() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_account_versions() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
DECLARE
    written_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO account_versions SELECT written_at, nextval('change_seq'), touched.* FROM touched;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_account_versions() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_changes() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO changes (workspace_id, kind, entity_id, op)
    SELECT touched.workspace_id, TG_ARGV[0], touched.id, lower(TG_OP) FROM touched;
    PERFORM pg_notify('crm_changes', '');
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_changes() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_contact_versions() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
DECLARE
    written_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    INSERT INTO contact_versions SELECT written_at, nextval('change_seq'), touched.* FROM touched;
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_contact_versions() OWNER TO crm_owner;

CREATE FUNCTION crm_store.record_graph_run() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'crm_store', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO changes (workspace_id, kind, entity_id, op) VALUES (NEW.workspace_id, 'graph', NEW.workspace_id, 'update');
    PERFORM pg_notify('crm_changes', '');
    RETURN NULL;
END
$$;
ALTER FUNCTION crm_store.record_graph_run() OWNER TO crm_owner;

CREATE FUNCTION crm_store.rederive_contacts(tenant uuid, domains text[]) RETURNS void
    LANGUAGE sql
    SET search_path TO 'crm_store', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
    INSERT INTO changes (workspace_id, kind, entity_id, op)
    SELECT tenant, 'contacts', changed.id, 'update'
    FROM derive_contact_accounts(tenant, ARRAY (
        SELECT DISTINCT contact_id FROM contact_keys
        WHERE workspace_id = tenant AND kind = 'domain' AND key = ANY (domains)
    )) AS changed (id)
$$;
ALTER FUNCTION crm_store.rederive_contacts(tenant uuid, domains text[]) OWNER TO crm_owner;

CREATE TABLE crm_store.account_signals (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    account_id uuid NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    engineering_role_count integer,
    has_open_engineering_roles boolean,
    total_open_roles integer,
    has_engineering_blog boolean,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_signals_engineering_role_count_check CHECK ((engineering_role_count >= 0)),
    CONSTRAINT account_signals_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT account_signals_extra_check CHECK ((jsonb_typeof(extra) = 'object'::text)),
    CONSTRAINT account_signals_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT account_signals_total_open_roles_check CHECK ((total_open_roles >= 0))
);

ALTER TABLE ONLY crm_store.account_signals FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.account_signals OWNER TO crm_owner;

CREATE VIEW crm.account_signals AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    account_id,
    observed_at,
    engineering_role_count,
    has_open_engineering_roles,
    total_open_roles,
    has_engineering_blog,
    extra,
    recorded_at
   FROM crm_store.account_signals;
ALTER VIEW crm.account_signals OWNER TO crm_owner;

CREATE SEQUENCE crm_store.change_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE crm_store.change_seq OWNER TO crm_owner;

CREATE TABLE crm_store.account_versions (
    valid_from timestamp with time zone NOT NULL,
    version bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    workspace_id uuid CONSTRAINT accounts_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT accounts_id_not_null NOT NULL,
    source text CONSTRAINT accounts_source_not_null NOT NULL,
    external_id text,
    name text CONSTRAINT accounts_name_not_null NOT NULL,
    domain text,
    industry text,
    description text,
    tags text[] CONSTRAINT accounts_tags_not_null NOT NULL,
    employee_count integer,
    funding_stage text,
    last_funding_at timestamp with time zone,
    tech_stack text[] CONSTRAINT accounts_tech_stack_not_null NOT NULL,
    country text,
    owner_user_id uuid,
    custom jsonb CONSTRAINT accounts_custom_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT accounts_created_at_not_null NOT NULL,
    updated_at timestamp with time zone CONSTRAINT accounts_updated_at_not_null NOT NULL,
    recorded_at timestamp with time zone CONSTRAINT accounts_recorded_at_not_null NOT NULL
);

ALTER TABLE ONLY crm_store.account_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.account_versions OWNER TO crm_owner;

CREATE VIEW crm.account_versions AS
 SELECT workspace_id,
    id,
    version,
    valid_from,
    source,
    external_id,
    name,
    domain,
    industry,
    description,
    tags,
    employee_count,
    funding_stage,
    last_funding_at,
    tech_stack,
    country,
    owner_user_id,
    custom,
    created_at,
    updated_at,
    recorded_at
   FROM crm_store.account_versions;
ALTER VIEW crm.account_versions OWNER TO crm_owner;

CREATE TABLE crm_store.accounts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    name text DEFAULT ''::text NOT NULL,
    domain text,
    industry text,
    description text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    employee_count integer,
    funding_stage text,
    last_funding_at timestamp with time zone,
    tech_stack text[] DEFAULT '{}'::text[] NOT NULL,
    country text,
    owner_user_id uuid,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT accounts_country_check CHECK ((length(country) <= 100)),
    CONSTRAINT accounts_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
    CONSTRAINT accounts_description_check CHECK ((length(description) <= 20000)),
    CONSTRAINT accounts_domain_check CHECK ((length(domain) <= 253)),
    CONSTRAINT accounts_employee_count_check CHECK ((employee_count >= 0)),
    CONSTRAINT accounts_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT accounts_funding_stage_check CHECK ((length(funding_stage) <= 100)),
    CONSTRAINT accounts_industry_check CHECK ((length(industry) <= 200)),
    CONSTRAINT accounts_name_check CHECK ((length(name) <= 300)),
    CONSTRAINT accounts_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT accounts_tags_check CHECK ((cardinality(tags) <= 100)),
    CONSTRAINT accounts_tech_stack_check CHECK ((cardinality(tech_stack) <= 200))
);

ALTER TABLE ONLY crm_store.accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.accounts OWNER TO crm_owner;

CREATE VIEW crm.accounts AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    name,
    domain,
    industry,
    description,
    tags,
    employee_count,
    funding_stage,
    last_funding_at,
    tech_stack,
    country,
    owner_user_id,
    custom,
    created_at,
    updated_at,
    recorded_at
   FROM crm_store.accounts;
ALTER VIEW crm.accounts OWNER TO crm_owner;

CREATE TABLE crm_store.changes (
    workspace_id uuid NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    seq bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    op text NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT changes_op_check CHECK ((op = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text])))
);

ALTER TABLE ONLY crm_store.changes FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.changes OWNER TO crm_owner;

CREATE VIEW crm.changes AS
 SELECT workspace_id,
    transaction,
    seq,
    kind,
    entity_id,
    op,
    recorded_at
   FROM crm_store.changes;
ALTER VIEW crm.changes OWNER TO crm_owner;

CREATE TABLE crm_store.contact_versions (
    valid_from timestamp with time zone NOT NULL,
    version bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    workspace_id uuid CONSTRAINT contacts_workspace_id_not_null NOT NULL,
    id uuid CONSTRAINT contacts_id_not_null NOT NULL,
    source text CONSTRAINT contacts_source_not_null NOT NULL,
    external_id text,
    first_name text CONSTRAINT contacts_first_name_not_null NOT NULL,
    last_name text CONSTRAINT contacts_last_name_not_null NOT NULL,
    organization text,
    title text,
    emails text[] CONSTRAINT contacts_emails_not_null NOT NULL,
    phones text[] CONSTRAINT contacts_phones_not_null NOT NULL,
    urls text[] CONSTRAINT contacts_urls_not_null NOT NULL,
    tags text[] CONSTRAINT contacts_tags_not_null NOT NULL,
    notes text,
    account_id uuid,
    influence_score double precision,
    community_id integer,
    custom jsonb CONSTRAINT contacts_custom_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT contacts_created_at_not_null NOT NULL,
    updated_at timestamp with time zone CONSTRAINT contacts_updated_at_not_null NOT NULL,
    archived_at timestamp with time zone,
    recorded_at timestamp with time zone CONSTRAINT contacts_recorded_at_not_null NOT NULL
);

ALTER TABLE ONLY crm_store.contact_versions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contact_versions OWNER TO crm_owner;

CREATE VIEW crm.contact_versions AS
 SELECT workspace_id,
    id,
    version,
    valid_from,
    source,
    external_id,
    first_name,
    last_name,
    organization,
    title,
    emails,
    phones,
    urls,
    tags,
    notes,
    account_id,
    influence_score,
    community_id,
    custom,
    created_at,
    updated_at,
    archived_at,
    recorded_at
   FROM crm_store.contact_versions;
ALTER VIEW crm.contact_versions OWNER TO crm_owner;

CREATE TABLE crm_store.contact_accounts (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    account_id uuid NOT NULL
);

ALTER TABLE ONLY crm_store.contact_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contact_accounts OWNER TO crm_owner;

CREATE TABLE crm_store.contact_graph (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    influence_score double precision NOT NULL,
    community_id integer NOT NULL,
    CONSTRAINT contact_graph_influence_score_check CHECK (((influence_score >= (0)::double precision) AND (influence_score <= (1)::double precision)))
);

ALTER TABLE ONLY crm_store.contact_graph FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contact_graph OWNER TO crm_owner;

CREATE TABLE crm_store.contacts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    first_name text DEFAULT ''::text NOT NULL,
    last_name text DEFAULT ''::text NOT NULL,
    organization text,
    title text,
    emails text[] DEFAULT '{}'::text[] NOT NULL,
    phones text[] DEFAULT '{}'::text[] NOT NULL,
    urls text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    notes text,
    account_id uuid,
    influence_score double precision,
    community_id integer,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    archived_at timestamp with time zone,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contacts_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
    CONSTRAINT contacts_emails_check CHECK ((cardinality(emails) <= 50)),
    CONSTRAINT contacts_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT contacts_first_name_check CHECK ((length(first_name) <= 200)),
    CONSTRAINT contacts_influence_score_check CHECK (((influence_score >= (0)::double precision) AND (influence_score <= (1)::double precision))),
    CONSTRAINT contacts_last_name_check CHECK ((length(last_name) <= 200)),
    CONSTRAINT contacts_notes_check CHECK ((length(notes) <= 20000)),
    CONSTRAINT contacts_organization_check CHECK ((length(organization) <= 300)),
    CONSTRAINT contacts_phones_check CHECK ((cardinality(phones) <= 50)),
    CONSTRAINT contacts_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT contacts_tags_check CHECK ((cardinality(tags) <= 100)),
    CONSTRAINT contacts_title_check CHECK ((length(title) <= 300)),
    CONSTRAINT contacts_urls_check CHECK ((cardinality(urls) <= 50))
);

ALTER TABLE ONLY crm_store.contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contacts OWNER TO crm_owner;

CREATE VIEW crm.contacts AS
 SELECT c.workspace_id,
    c.id,
    c.source,
    c.external_id,
    c.first_name,
    c.last_name,
    c.organization,
    c.title,
    c.emails,
    c.phones,
    c.urls,
    c.tags,
    c.notes,
    COALESCE(c.account_id, d.account_id) AS account_id,
    COALESCE(c.influence_score, g.influence_score) AS influence_score,
    COALESCE(c.community_id, g.community_id) AS community_id,
    c.custom,
    c.created_at,
    c.updated_at,
    c.archived_at,
    c.recorded_at
   FROM ((crm_store.contacts c
     LEFT JOIN crm_store.contact_graph g ON (((g.workspace_id = c.workspace_id) AND (g.contact_id = c.id))))
     LEFT JOIN crm_store.contact_accounts d ON (((d.workspace_id = c.workspace_id) AND (d.contact_id = c.id))));
ALTER VIEW crm.contacts OWNER TO crm_owner;

CREATE TABLE crm_store.interactions (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    contact_id uuid NOT NULL,
    counterpart_id uuid,
    user_id uuid,
    kind text NOT NULL,
    direction text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    summary text,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT interactions_check CHECK ((counterpart_id <> contact_id)),
    CONSTRAINT interactions_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text, 'both'::text]))),
    CONSTRAINT interactions_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT interactions_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'meeting'::text, 'call'::text, 'message'::text, 'note'::text, 'sync'::text]))),
    CONSTRAINT interactions_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT interactions_summary_check CHECK ((length(summary) <= 20000))
);

ALTER TABLE ONLY crm_store.interactions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.interactions OWNER TO crm_owner;

CREATE VIEW crm.interactions AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    contact_id,
    counterpart_id,
    user_id,
    kind,
    direction,
    occurred_at,
    summary,
    recorded_at
   FROM crm_store.interactions;
ALTER VIEW crm.interactions OWNER TO crm_owner;

CREATE TABLE crm_store.derived_links (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    contact_a uuid NOT NULL,
    contact_b uuid NOT NULL,
    strength double precision NOT NULL,
    since timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT derived_links_check CHECK ((contact_a < contact_b)),
    CONSTRAINT derived_links_strength_check CHECK (((strength >= (0)::double precision) AND (strength <= (1)::double precision)))
);

ALTER TABLE ONLY crm_store.derived_links FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.derived_links OWNER TO crm_owner;

CREATE TABLE crm_store.links (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    contact_a uuid NOT NULL,
    contact_b uuid NOT NULL,
    strength double precision,
    since timestamp with time zone,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT links_check CHECK ((contact_a < contact_b)),
    CONSTRAINT links_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT links_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50))),
    CONSTRAINT links_strength_check CHECK (((strength >= (0)::double precision) AND (strength <= (1)::double precision)))
);

ALTER TABLE ONLY crm_store.links FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.links OWNER TO crm_owner;

CREATE VIEW crm.links AS
 SELECT links.workspace_id,
    links.id,
    links.source,
    links.external_id,
    links.contact_a,
    links.contact_b,
    links.strength,
    links.since,
    links.recorded_at
   FROM crm_store.links
UNION ALL
 SELECT derived_links.workspace_id,
    derived_links.id,
    'derived'::text AS source,
    NULL::text AS external_id,
    derived_links.contact_a,
    derived_links.contact_b,
    derived_links.strength,
    derived_links.since,
    derived_links.recorded_at
   FROM crm_store.derived_links;
ALTER VIEW crm.links OWNER TO crm_owner;

CREATE TABLE crm_store.research_runs (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    account_id uuid NOT NULL,
    user_id uuid,
    ran_at timestamp with time zone NOT NULL,
    findings jsonb DEFAULT '{}'::jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT research_runs_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT research_runs_findings_check CHECK ((jsonb_typeof(findings) = 'object'::text)),
    CONSTRAINT research_runs_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50)))
);

ALTER TABLE ONLY crm_store.research_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.research_runs OWNER TO crm_owner;

CREATE VIEW crm.research_runs AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    account_id,
    user_id,
    ran_at,
    findings,
    recorded_at
   FROM crm_store.research_runs;
ALTER VIEW crm.research_runs OWNER TO crm_owner;

CREATE TABLE crm_store.user_interactions (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    user_id uuid NOT NULL,
    account_id uuid NOT NULL,
    action text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    context jsonb DEFAULT '{}'::jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_interactions_action_check CHECK ((action = ANY (ARRAY['view'::text, 'click'::text, 'save'::text, 'dismiss'::text, 'outreach'::text, 'reply'::text, 'meeting'::text, 'qualified'::text, 'disqualified'::text, 'won'::text, 'lost'::text]))),
    CONSTRAINT user_interactions_context_check CHECK ((jsonb_typeof(context) = 'object'::text)),
    CONSTRAINT user_interactions_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT user_interactions_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50)))
);

ALTER TABLE ONLY crm_store.user_interactions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.user_interactions OWNER TO crm_owner;

CREATE VIEW crm.user_interactions AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    user_id,
    account_id,
    action,
    occurred_at,
    context,
    recorded_at
   FROM crm_store.user_interactions;
ALTER VIEW crm.user_interactions OWNER TO crm_owner;

CREATE TABLE crm_store.users (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text DEFAULT 'api'::text NOT NULL,
    external_id text,
    contact_id uuid,
    name text DEFAULT ''::text NOT NULL,
    email text,
    role text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_check CHECK ((length(email) <= 320)),
    CONSTRAINT users_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
    CONSTRAINT users_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT users_role_check CHECK ((length(role) <= 100)),
    CONSTRAINT users_source_check CHECK (((length(source) >= 1) AND (length(source) <= 50)))
);

ALTER TABLE ONLY crm_store.users FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.users OWNER TO crm_owner;

CREATE VIEW crm.users AS
 SELECT workspace_id,
    id,
    source,
    external_id,
    contact_id,
    name,
    email,
    role,
    created_at,
    updated_at,
    recorded_at
   FROM crm_store.users;
ALTER VIEW crm.users OWNER TO crm_owner;

CREATE TABLE crm_store.workspaces (
    id uuid NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    pooled_training boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_write xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT workspaces_locale_check CHECK ((locale = ANY (ARRAY['en'::text, 'ru'::text]))),
    CONSTRAINT workspaces_name_check CHECK ((length(name) <= 200)),
    CONSTRAINT workspaces_timezone_check CHECK ((length(timezone) <= 64))
);

ALTER TABLE ONLY crm_store.workspaces FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.workspaces OWNER TO crm_owner;

CREATE VIEW crm.workspaces AS
 SELECT id,
    name,
    locale,
    timezone,
    pooled_training
   FROM crm_store.workspaces;
ALTER VIEW crm.workspaces OWNER TO crm_owner;

CREATE TABLE crm_store.contact_keys (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    contact_id uuid NOT NULL,
    "position" integer NOT NULL,
    CONSTRAINT contact_keys_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'domain'::text, 'phone'::text, 'name'::text])))
);

ALTER TABLE ONLY crm_store.contact_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.contact_keys OWNER TO crm_owner;

CREATE TABLE crm_store.feed_cursors (
    workspace_id uuid NOT NULL,
    transaction xid8 NOT NULL,
    seq bigint NOT NULL,
    moved_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY crm_store.feed_cursors FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.feed_cursors OWNER TO crm_owner;

CREATE TABLE crm_store.graph_runs (
    workspace_id uuid NOT NULL,
    as_of timestamp with time zone NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY crm_store.graph_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.graph_runs OWNER TO crm_owner;

CREATE TABLE crm_store.idempotency_keys (
    workspace_id uuid NOT NULL,
    key_hash bytea NOT NULL,
    claim uuid NOT NULL,
    fingerprint bytea,
    status smallint,
    headers jsonb,
    body bytea,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY crm_store.idempotency_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.idempotency_keys OWNER TO crm_owner;

CREATE TABLE crm_store.import_chunks (
    workspace_id uuid NOT NULL,
    job_id uuid NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL
);

ALTER TABLE ONLY crm_store.import_chunks FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.import_chunks OWNER TO crm_owner;

CREATE TABLE crm_store.jobs (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'queued'::text NOT NULL,
    arguments jsonb DEFAULT '{}'::jsonb NOT NULL,
    unique_key text,
    done bigint DEFAULT 0 NOT NULL,
    total bigint,
    result jsonb,
    error jsonb,
    cancel_requested boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    request_id text,
    traceparent text,
    CONSTRAINT jobs_done_check CHECK ((done >= 0)),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT jobs_total_check CHECK ((total >= 0))
);

ALTER TABLE ONLY crm_store.jobs FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.jobs OWNER TO crm_owner;

CREATE TABLE crm_store.merged_contacts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    source text NOT NULL,
    external_id text,
    contact_id uuid NOT NULL,
    merge_id uuid NOT NULL
);

ALTER TABLE ONLY crm_store.merged_contacts FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.merged_contacts OWNER TO crm_owner;

CREATE TABLE crm_store.merges (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    kept_id uuid NOT NULL,
    contact_id uuid,
    merged_ids uuid[] NOT NULL,
    snapshot jsonb,
    number bigint DEFAULT nextval('crm_store.change_seq'::regclass) NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY crm_store.merges FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.merges OWNER TO crm_owner;

CREATE TABLE crm_store.migrations (
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE crm_store.migrations OWNER TO crm_owner;

CREATE TABLE crm_store.ml_model_events (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    name text NOT NULL,
    version text,
    previous_version text,
    action text NOT NULL,
    actor text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    happened_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT ml_model_events_action_check CHECK ((action = ANY (ARRAY['registered'::text, 'promoted'::text, 'rolled_back'::text, 'refused'::text])))
);

ALTER TABLE ONLY crm_store.ml_model_events FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.ml_model_events OWNER TO crm_owner;

CREATE TABLE crm_store.ml_models (
    workspace_id uuid NOT NULL,
    name text NOT NULL,
    version text NOT NULL,
    kind text NOT NULL,
    state text DEFAULT 'candidate'::text NOT NULL,
    data_from timestamp with time zone,
    data_until timestamp with time zone,
    features text[] NOT NULL,
    libraries jsonb NOT NULL,
    metrics jsonb NOT NULL,
    gate jsonb NOT NULL,
    artifact bytea NOT NULL,
    artifact_sha256 bytea NOT NULL,
    trained_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ml_models_check CHECK ((artifact_sha256 = sha256(artifact))),
    CONSTRAINT ml_models_check1 CHECK ((data_from <= data_until)),
    CONSTRAINT ml_models_gate_check CHECK ((jsonb_typeof((gate -> 'passed'::text)) = 'boolean'::text)),
    CONSTRAINT ml_models_state_check CHECK ((state = ANY (ARRAY['candidate'::text, 'serving'::text, 'retired'::text])))
);

ALTER TABLE ONLY crm_store.ml_models FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.ml_models OWNER TO crm_owner;

CREATE TABLE crm_store.suppressions (
    workspace_id uuid NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT suppressions_hash_check CHECK ((length(hash) = 32))
);

ALTER TABLE ONLY crm_store.suppressions FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_store.suppressions OWNER TO crm_owner;

ALTER TABLE ONLY crm_store.account_signals
    ADD CONSTRAINT account_signals_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.account_versions
    ADD CONSTRAINT account_versions_pkey PRIMARY KEY (workspace_id, id, version);

ALTER TABLE ONLY crm_store.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (workspace_id, transaction, seq);

ALTER TABLE ONLY crm_store.contact_accounts
    ADD CONSTRAINT contact_accounts_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY crm_store.contact_graph
    ADD CONSTRAINT contact_graph_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY crm_store.contact_keys
    ADD CONSTRAINT contact_keys_pkey PRIMARY KEY (workspace_id, kind, key, contact_id);

ALTER TABLE ONLY crm_store.contact_versions
    ADD CONSTRAINT contact_versions_pkey PRIMARY KEY (workspace_id, id, version);

ALTER TABLE ONLY crm_store.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.derived_links
    ADD CONSTRAINT derived_links_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.feed_cursors
    ADD CONSTRAINT feed_cursors_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY crm_store.graph_runs
    ADD CONSTRAINT graph_runs_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY crm_store.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, key_hash);

ALTER TABLE ONLY crm_store.import_chunks
    ADD CONSTRAINT import_chunks_pkey PRIMARY KEY (workspace_id, job_id, number);

ALTER TABLE ONLY crm_store.interactions
    ADD CONSTRAINT interactions_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.links
    ADD CONSTRAINT links_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.links
    ADD CONSTRAINT links_workspace_id_contact_a_contact_b_key UNIQUE (workspace_id, contact_a, contact_b);

ALTER TABLE ONLY crm_store.merged_contacts
    ADD CONSTRAINT merged_contacts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.merges
    ADD CONSTRAINT merges_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);

ALTER TABLE ONLY crm_store.ml_model_events
    ADD CONSTRAINT ml_model_events_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (workspace_id, name, version);

ALTER TABLE ONLY crm_store.research_runs
    ADD CONSTRAINT research_runs_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.suppressions
    ADD CONSTRAINT suppressions_pkey PRIMARY KEY (workspace_id, hash);

ALTER TABLE ONLY crm_store.user_interactions
    ADD CONSTRAINT user_interactions_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY crm_store.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

CREATE INDEX account_signals_newest ON crm_store.account_signals USING btree (workspace_id, account_id, observed_at DESC);

CREATE UNIQUE INDEX account_signals_reference ON crm_store.account_signals USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX accounts_domain ON crm_store.accounts USING btree (workspace_id, domain) WHERE (domain IS NOT NULL);

CREATE INDEX accounts_owner ON crm_store.accounts USING btree (workspace_id, owner_user_id) WHERE (owner_user_id IS NOT NULL);

CREATE UNIQUE INDEX accounts_reference ON crm_store.accounts USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX contact_keys_of_contact ON crm_store.contact_keys USING btree (workspace_id, contact_id);

CREATE INDEX contacts_of_account ON crm_store.contacts USING btree (workspace_id, account_id) WHERE (account_id IS NOT NULL);

CREATE UNIQUE INDEX contacts_reference ON crm_store.contacts USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX derived_links_b ON crm_store.derived_links USING btree (workspace_id, contact_b);

CREATE INDEX derived_links_pair ON crm_store.derived_links USING btree (workspace_id, contact_a, contact_b);

CREATE INDEX idempotency_keys_expiry ON crm_store.idempotency_keys USING btree (workspace_id, expires_at);

CREATE INDEX interactions_of_contact ON crm_store.interactions USING btree (workspace_id, contact_id, occurred_at);

CREATE INDEX interactions_of_counterpart ON crm_store.interactions USING btree (workspace_id, counterpart_id, occurred_at) WHERE (counterpart_id IS NOT NULL);

CREATE INDEX interactions_of_user ON crm_store.interactions USING btree (workspace_id, user_id) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX interactions_reference ON crm_store.interactions USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX jobs_newest ON crm_store.jobs USING btree (workspace_id, created_at DESC, id DESC);

CREATE UNIQUE INDEX jobs_waiting ON crm_store.jobs USING btree (workspace_id, unique_key) WHERE (state = 'queued'::text);

CREATE INDEX links_b ON crm_store.links USING btree (workspace_id, contact_b);

CREATE UNIQUE INDEX links_reference ON crm_store.links USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX merged_contacts_kept ON crm_store.merged_contacts USING btree (workspace_id, contact_id);

CREATE INDEX merged_contacts_merge ON crm_store.merged_contacts USING btree (workspace_id, merge_id);

CREATE UNIQUE INDEX merged_contacts_reference ON crm_store.merged_contacts USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX merges_of_contact ON crm_store.merges USING btree (workspace_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX ml_model_events_newest ON crm_store.ml_model_events USING btree (workspace_id, name, happened_at DESC, id DESC);

CREATE UNIQUE INDEX ml_models_serving ON crm_store.ml_models USING btree (workspace_id, name) WHERE (state = 'serving'::text);

CREATE INDEX research_runs_newest ON crm_store.research_runs USING btree (workspace_id, account_id, ran_at DESC);

CREATE UNIQUE INDEX research_runs_reference ON crm_store.research_runs USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX research_runs_user ON crm_store.research_runs USING btree (workspace_id, user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX user_interactions_account ON crm_store.user_interactions USING btree (workspace_id, account_id, occurred_at);

CREATE UNIQUE INDEX user_interactions_reference ON crm_store.user_interactions USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX user_interactions_user ON crm_store.user_interactions USING btree (workspace_id, user_id, occurred_at);

CREATE INDEX users_contact ON crm_store.users USING btree (workspace_id, contact_id);

CREATE UNIQUE INDEX users_reference ON crm_store.users USING btree (workspace_id, source, external_id) WHERE (external_id IS NOT NULL);

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.account_signals REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('account_signals');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.accounts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('accounts');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.contacts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.interactions REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('interactions');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.links REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('links');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.research_runs REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('research_runs');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.user_interactions REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('user_interactions');

CREATE TRIGGER changes_delete AFTER DELETE ON crm_store.users REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.account_signals REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('account_signals');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.accounts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('accounts');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.interactions REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('interactions');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.links REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('links');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.research_runs REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('research_runs');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.user_interactions REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('user_interactions');

CREATE TRIGGER changes_insert AFTER INSERT ON crm_store.users REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER changes_run AFTER INSERT OR UPDATE ON crm_store.graph_runs FOR EACH ROW EXECUTE FUNCTION crm_store.record_graph_run();

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.account_signals REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('account_signals');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.accounts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('accounts');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('contacts');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.interactions REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('interactions');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.links REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('links');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.research_runs REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('research_runs');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.user_interactions REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('user_interactions');

CREATE TRIGGER changes_update AFTER UPDATE ON crm_store.users REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_changes('users');

CREATE TRIGGER derived_of_changed AFTER UPDATE ON crm_store.links REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.give_way();

CREATE TRIGGER derived_of_deleted AFTER DELETE ON crm_store.contacts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.drop_derived();

CREATE TRIGGER derived_of_given AFTER INSERT ON crm_store.links REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.give_way();

CREATE TRIGGER file_of_ended_import AFTER UPDATE OF state ON crm_store.jobs FOR EACH ROW WHEN (((new.kind = 'import'::text) AND (new.state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])))) EXECUTE FUNCTION crm_store.drop_file();

CREATE TRIGGER merges_of_deleted AFTER DELETE ON crm_store.contacts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.forget_merges();

CREATE TRIGGER place_by_changed AFTER UPDATE ON crm_store.accounts REFERENCING OLD TABLE AS former NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.place_contacts();

CREATE TRIGGER place_by_deleted AFTER DELETE ON crm_store.accounts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.place_contacts();

CREATE TRIGGER place_by_new AFTER INSERT ON crm_store.accounts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.place_contacts();

CREATE TRIGGER recognise_changed AFTER UPDATE ON crm_store.contacts REFERENCING OLD TABLE AS former NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.recognise_contacts();

CREATE TRIGGER recognise_deleted AFTER DELETE ON crm_store.contacts REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.forget_contacts();

CREATE TRIGGER recognise_new AFTER INSERT ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.recognise_contacts();

CREATE TRIGGER versions_of_changed AFTER UPDATE ON crm_store.accounts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_account_versions();

CREATE TRIGGER versions_of_changed AFTER UPDATE ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_contact_versions();

CREATE TRIGGER versions_of_new AFTER INSERT ON crm_store.accounts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_account_versions();

CREATE TRIGGER versions_of_new AFTER INSERT ON crm_store.contacts REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION crm_store.record_contact_versions();

ALTER TABLE ONLY crm_store.account_signals
    ADD CONSTRAINT account_signals_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES crm_store.accounts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.account_signals
    ADD CONSTRAINT account_signals_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.account_versions
    ADD CONSTRAINT account_versions_workspace_id_id_fkey FOREIGN KEY (workspace_id, id) REFERENCES crm_store.accounts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.accounts
    ADD CONSTRAINT accounts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.accounts
    ADD CONSTRAINT accounts_workspace_id_owner_user_id_fkey FOREIGN KEY (workspace_id, owner_user_id) REFERENCES crm_store.users(workspace_id, id) ON DELETE SET NULL (owner_user_id);

ALTER TABLE ONLY crm_store.contact_graph
    ADD CONSTRAINT contact_graph_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.contact_versions
    ADD CONSTRAINT contact_versions_workspace_id_id_fkey FOREIGN KEY (workspace_id, id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.contacts
    ADD CONSTRAINT contacts_account FOREIGN KEY (workspace_id, account_id) REFERENCES crm_store.accounts(workspace_id, id) ON DELETE SET NULL (account_id) NOT VALID;

ALTER TABLE ONLY crm_store.contacts
    ADD CONSTRAINT contacts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.derived_links
    ADD CONSTRAINT derived_links_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.graph_runs
    ADD CONSTRAINT graph_runs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.import_chunks
    ADD CONSTRAINT import_chunks_workspace_id_job_id_fkey FOREIGN KEY (workspace_id, job_id) REFERENCES crm_store.jobs(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.interactions
    ADD CONSTRAINT interactions_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.interactions
    ADD CONSTRAINT interactions_workspace_id_counterpart_id_fkey FOREIGN KEY (workspace_id, counterpart_id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.interactions
    ADD CONSTRAINT interactions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.interactions
    ADD CONSTRAINT interactions_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES crm_store.users(workspace_id, id) ON DELETE SET NULL (user_id);

ALTER TABLE ONLY crm_store.links
    ADD CONSTRAINT links_workspace_id_contact_a_fkey FOREIGN KEY (workspace_id, contact_a) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.links
    ADD CONSTRAINT links_workspace_id_contact_b_fkey FOREIGN KEY (workspace_id, contact_b) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.links
    ADD CONSTRAINT links_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.merged_contacts
    ADD CONSTRAINT merged_contacts_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.merged_contacts
    ADD CONSTRAINT merged_contacts_workspace_id_merge_id_fkey FOREIGN KEY (workspace_id, merge_id) REFERENCES crm_store.merges(workspace_id, id);

ALTER TABLE ONLY crm_store.merges
    ADD CONSTRAINT merges_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.research_runs
    ADD CONSTRAINT research_runs_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES crm_store.accounts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.research_runs
    ADD CONSTRAINT research_runs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.research_runs
    ADD CONSTRAINT research_runs_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES crm_store.users(workspace_id, id) ON DELETE SET NULL (user_id);

ALTER TABLE ONLY crm_store.suppressions
    ADD CONSTRAINT suppressions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.user_interactions
    ADD CONSTRAINT user_interactions_workspace_id_account_id_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES crm_store.accounts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.user_interactions
    ADD CONSTRAINT user_interactions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE ONLY crm_store.user_interactions
    ADD CONSTRAINT user_interactions_workspace_id_user_id_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES crm_store.users(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES crm_store.contacts(workspace_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY crm_store.users
    ADD CONSTRAINT users_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES crm_store.workspaces(id);

ALTER TABLE crm_store.account_signals ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.account_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contact_accounts ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contact_graph ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contact_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contact_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.derived_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.feed_cursors ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.graph_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.import_chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.interactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.jobs ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.links ENABLE ROW LEVEL SECURITY;

CREATE POLICY listing ON crm_store.workspaces FOR SELECT TO workspace_lister USING (true);

ALTER TABLE crm_store.merged_contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.merges ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.ml_model_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.ml_models ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_workspace ON crm_store.account_signals USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.account_versions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.accounts USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.changes USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contact_accounts USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contact_graph USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contact_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contact_versions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.contacts USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.derived_links USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.feed_cursors USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.graph_runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.idempotency_keys USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.import_chunks USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.interactions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.jobs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.links USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.merged_contacts USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.merges USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.ml_model_events USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.ml_models USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.research_runs USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.suppressions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.user_interactions USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.users USING ((workspace_id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

CREATE POLICY own_workspace ON crm_store.workspaces USING ((id = (NULLIF(( SELECT current_setting('app.workspace_id'::text, true) AS current_setting), ''::text))::uuid));

ALTER TABLE crm_store.research_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.suppressions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.user_interactions ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE crm_store.workspaces ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA crm TO crm;
GRANT USAGE ON SCHEMA crm TO crm_reader;
GRANT ALL ON SCHEMA crm TO workspace_lister;

GRANT USAGE ON SCHEMA crm_store TO crm;
GRANT USAGE ON SCHEMA crm_store TO workspace_lister;

REVOKE ALL ON FUNCTION crm.list_workspaces(since xid8) FROM PUBLIC;
GRANT ALL ON FUNCTION crm.list_workspaces(since xid8) TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.account_signals TO crm;

GRANT SELECT ON TABLE crm.account_signals TO crm_reader;

GRANT SELECT,USAGE ON SEQUENCE crm_store.change_seq TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.account_versions TO crm;

GRANT SELECT ON TABLE crm.account_versions TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.accounts TO crm;

GRANT SELECT ON TABLE crm.accounts TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.changes TO crm;

GRANT SELECT ON TABLE crm.changes TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contact_versions TO crm;

GRANT SELECT ON TABLE crm.contact_versions TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contact_accounts TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contact_graph TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contacts TO crm;

GRANT SELECT ON TABLE crm.contacts TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.interactions TO crm;

GRANT SELECT ON TABLE crm.interactions TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.derived_links TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.links TO crm;

GRANT SELECT ON TABLE crm.links TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.research_runs TO crm;

GRANT SELECT ON TABLE crm.research_runs TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.user_interactions TO crm;

GRANT SELECT ON TABLE crm.user_interactions TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.users TO crm;

GRANT SELECT ON TABLE crm.users TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.workspaces TO crm;
GRANT SELECT ON TABLE crm_store.workspaces TO workspace_lister;

GRANT SELECT ON TABLE crm.workspaces TO crm_reader;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.contact_keys TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.feed_cursors TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.graph_runs TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.idempotency_keys TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.import_chunks TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.jobs TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.merged_contacts TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.merges TO crm;

GRANT SELECT ON TABLE crm_store.migrations TO crm;

GRANT SELECT,INSERT ON TABLE crm_store.ml_model_events TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.ml_models TO crm;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE crm_store.suppressions TO crm;

ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm_store GRANT SELECT,USAGE ON SEQUENCES TO crm;

ALTER DEFAULT PRIVILEGES FOR ROLE crm_owner IN SCHEMA crm_store GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO crm;
