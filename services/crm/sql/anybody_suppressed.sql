-- Whether anybody was erased in a workspace: where nobody was, nobody need be looked for.
SELECT EXISTS (SELECT FROM suppressions WHERE workspace_id = %(workspace_id)s)
