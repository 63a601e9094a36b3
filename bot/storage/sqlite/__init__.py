"""SQLite: one file, one writer thread that groups commits."""
