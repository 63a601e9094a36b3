"""PostgreSQL: many workers, row locks that skip, advisory locks on addresses."""
