"""What search finds: one row for each thing with its words, kept up in the transaction of each act.

Each kind has a stretch of `number` to itself, and in it the last one kept has the highest. `words`
are folded already (`domain.vehicles.search_words`).
"""

STATEMENTS = (
    """
    CREATE TABLE find_entry (
        number INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        ref TEXT NOT NULL,
        title TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL,
        used TEXT NOT NULL DEFAULT '',
        UNIQUE (kind, ref)
    )
    """,
    # Parts of words.
    """
    CREATE VIRTUAL TABLE find_text USING fts5 (
        words, content='find_entry', content_rowid='number', tokenize='trigram', columnsize=0
    )
    """,
    # Whole words and how they begin.
    """
    CREATE VIRTUAL TABLE find_word USING fts5 (
        words, content='find_entry', content_rowid='number', detail=none, columnsize=0,
        prefix='1 2 3 4 5 6 7 8 9 10 11 12 13 14 15'
    )
    """,
    # Every word that was ever kept; `forgiving` ones may be mistyped, short numbers may not.
    """
    CREATE TABLE find_vocabulary (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        word TEXT NOT NULL UNIQUE,
        forgiving INTEGER NOT NULL
    )
    """,
)
