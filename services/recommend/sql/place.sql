-- Whether an account, or a contact, is there; and the calling user's own card.
SELECT EXISTS (
           SELECT FROM crm.contacts c WHERE c.workspace_id = %(workspace_id)s AND c.id = %(contact_id)s
           UNION ALL
           SELECT FROM crm.accounts a WHERE a.workspace_id = %(workspace_id)s AND a.id = %(account_id)s
       ) AS is_there
