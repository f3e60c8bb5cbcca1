-- One service's roles and schema; provision.sql sets service, tables (the schema they are in), search_path and the names of the two password variables.
\set owner :service '_owner'
\getenv owner_password :owner_password_variable
\getenv password :password_variable
\if :{?owner_password}
\else
  \warn 'set' :owner_password_variable
  DO $$ BEGIN RAISE EXCEPTION 'the owner''s password is not in the environment'; END $$;
\endif
\if :{?password}
\else
  \warn 'set' :password_variable
  DO $$ BEGIN RAISE EXCEPTION 'the service''s password is not in the environment'; END $$;
\endif

SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY[:'owner', :'service']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE :"service" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
ALTER ROLE :"owner" SET search_path = :search_path;
ALTER ROLE :"service" SET search_path = :search_path;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"owner", :"service";

CREATE SCHEMA IF NOT EXISTS :"service" AUTHORIZATION :"owner";
CREATE SCHEMA IF NOT EXISTS :"tables" AUTHORIZATION :"owner";
GRANT USAGE ON SCHEMA :"service", :"tables" TO :"service";
-- The running role works with the rows of every table its owner will make, and owns none.
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA :"tables"
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA :"tables" GRANT USAGE, SELECT ON SEQUENCES TO :"service";
\if :{?without_crm}
\else
  GRANT crm_reader TO :"owner", :"service";
\endif

-- The next service must not inherit these.
\unset owner_password
\unset password
\unset without_crm
