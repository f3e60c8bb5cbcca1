-- Rows of others whose text has a contact's full name or one of his e-mails, whole: some of each kind, and how many there are.
WITH person AS (
    SELECT c.emails, btrim(c.first_name) AS first_name, btrim(c.last_name) AS last_name
    FROM contacts c
    WHERE c.workspace_id = %(workspace_id)s AND c.id = %(id)s
), words AS (
    SELECT btrim(first_name || ' ' || last_name) AS word FROM person
    UNION SELECT btrim(last_name || ' ' || first_name) FROM person
    UNION SELECT btrim(email) FROM person CROSS JOIN unnest(emails) AS email
), patterns AS (
    SELECT '(^|[^[:alnum:]])(' || string_agg(regexp_replace(lower(word), '([^[:alnum:][:space:]])', '\\\1', 'g'), '|')
        || ')([^[:alnum:]]|$)' AS any_word
    FROM words
    WHERE length(word) >= 3
), found AS (
    SELECT 'contacts' AS kind, c.id
    FROM contacts c
    WHERE c.workspace_id = %(workspace_id)s AND c.id <> %(id)s
      AND lower(c.notes) ~ (SELECT any_word FROM patterns)
    UNION ALL
    SELECT 'interactions', i.id
    FROM interactions i
    WHERE i.workspace_id = %(workspace_id)s AND i.contact_id <> %(id)s
      AND i.counterpart_id IS DISTINCT FROM %(id)s::uuid
      AND lower(i.summary) ~ (SELECT any_word FROM patterns)
    UNION ALL
    SELECT 'accounts', a.id
    FROM accounts a
    WHERE a.workspace_id = %(workspace_id)s
      AND lower(a.description) ~ (SELECT any_word FROM patterns)
    UNION ALL
    SELECT 'users', u.id
    FROM users u
    WHERE u.workspace_id = %(workspace_id)s
      AND (u.contact_id = %(id)s OR lower(concat_ws(' ', u.name, u.email)) ~ (SELECT any_word FROM patterns))
), numbered AS (
    SELECT kind, id, row_number() OVER (PARTITION BY kind ORDER BY id) AS number, count(*) OVER (PARTITION BY kind) AS total
    FROM found
)
SELECT kind, id, total FROM numbered WHERE number <= %(limit)s ORDER BY kind, id
