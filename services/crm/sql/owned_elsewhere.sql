-- Whether the view of a kind of facts reads something else than our own table of it: they belong to another CRM.
SELECT NOT EXISTS (
    SELECT FROM pg_rewrite r
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE r.ev_class = to_regclass('crm.' || quote_ident(%(kind)s))
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass('crm_store.' || quote_ident(%(kind)s))
)
