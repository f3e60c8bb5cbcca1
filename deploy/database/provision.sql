-- Makes the database, the roles and the schemas of every service; run twice it changes nothing.
-- Run it with psql as a superuser; each <SERVICE>_OWNER_PASSWORD and <SERVICE>_PASSWORD comes from the environment.
-- With `-v database=NAME` it moves into a CRM's own database, and leaves alone who may connect to it.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

\if :{?database}
  \set is_ours false
\else
  \set is_ours true
  \set database rapport
  SELECT 'CREATE DATABASE rapport' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'rapport') \gexec
\endif
\connect :"database"
SET client_min_messages = warning;
SET log_min_error_statement = panic; -- a statement that fails here may hold a password: keep it out of the log

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;
\if :is_ours
  REVOKE ALL ON DATABASE rapport FROM PUBLIC;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
\endif

-- crm_reader may read the crm views (crm's migrations grant them); every service is a member.
SELECT format('CREATE ROLE %I NOLOGIN', role) FROM unnest(ARRAY['crm_reader', 'workspace_lister']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

-- One block for each service.
\set service crm
\set tables crm_store
\set search_path 'crm_store, crm, public'
\set owner_password_variable CRM_OWNER_PASSWORD
\set password_variable CRM_PASSWORD
\ir service.sql

\set service embeddings
\set tables embeddings
\set search_path 'embeddings, public'
\set owner_password_variable EMBEDDINGS_OWNER_PASSWORD
\set password_variable EMBEDDINGS_PASSWORD
\ir service.sql

\set service recommend
\set tables recommend
\set search_path 'recommend, public'
\set owner_password_variable RECOMMEND_OWNER_PASSWORD
\set password_variable RECOMMEND_PASSWORD
\ir service.sql

\set service churn
\set tables churn
\set search_path 'churn, public'
\set owner_password_variable CHURN_OWNER_PASSWORD
\set password_variable CHURN_PASSWORD
\ir service.sql

\set service sentiment
\set tables sentiment
\set search_path 'sentiment, public'
\set owner_password_variable SENTIMENT_OWNER_PASSWORD
\set password_variable SENTIMENT_PASSWORD
\ir service.sql

-- The gateway keeps API keys; it is no service and reads nothing of the crm.
\set service gateway
\set tables gateway
\set search_path 'gateway, public'
\set owner_password_variable GATEWAY_OWNER_PASSWORD
\set password_variable GATEWAY_PASSWORD
\set without_crm
\ir service.sql

-- crm alone has a second schema: its tables stay behind its views, and the views are what others read.
GRANT USAGE ON SCHEMA crm TO crm_reader;

-- The one function that sees every workspace belongs to this role; only crm's migrations may act as it.
GRANT workspace_lister TO crm_owner WITH INHERIT FALSE, SET TRUE;
GRANT USAGE, CREATE ON SCHEMA crm TO workspace_lister;
GRANT USAGE ON SCHEMA crm_store TO workspace_lister;
