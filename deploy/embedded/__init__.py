"""The one-machine stack: PostgreSQL, Valkey and every service as child processes of one launcher."""
