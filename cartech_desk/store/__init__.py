"""What this desk remembers: SQLite through SQLAlchemy, migrations, recordings."""
