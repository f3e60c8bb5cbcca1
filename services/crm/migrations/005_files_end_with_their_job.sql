-- A file goes in the transaction that ends its job, however that ends: imported, failed, or cancelled while it waited.
CREATE FUNCTION drop_file() RETURNS trigger
LANGUAGE plpgsql
SET search_path = crm_store, pg_temp
AS $$
BEGIN
    DELETE FROM import_chunks WHERE workspace_id = NEW.workspace_id AND job_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER file_of_ended_import AFTER UPDATE OF state ON jobs FOR EACH ROW
    WHEN (NEW.kind = 'import' AND NEW.state IN ('succeeded', 'failed', 'cancelled'))
    EXECUTE FUNCTION drop_file();
