"""The database: tables' base, transactions, prepared statements, paging and the replica."""
