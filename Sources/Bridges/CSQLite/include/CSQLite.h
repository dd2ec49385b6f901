#pragma once
#include <sqlite3.h>

// What Swift cannot import from sqlite3.h: variadic functions, and destructors that are casts.

static inline int csqlite_set_option(sqlite3 *db, int option, int on) {
    return sqlite3_db_config(db, option, on, (int *)0);
}

/// Binds a copy of a text; none is an empty text, not NULL.
static inline int csqlite_bind_copy(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text ? text : "", length, SQLITE_TRANSIENT);
}

/// Binds a copy of some bytes; none are an empty value, not NULL.
static inline int csqlite_bind_blob_copy(sqlite3_stmt *statement, int index, const void *bytes, int length) {
    return sqlite3_bind_blob(statement, index, bytes ? bytes : "", length, SQLITE_TRANSIENT);
}

/// Turns SQLite's count of its own memory off, whose lock each allocation takes, and doubles what a statement that may have
/// to be undone keeps in memory before it needs a temporary file. It moves into the file by one write, and SQLite cannot write
/// more than these bytes at once: it would say that the disk is full. Call it before anything else of SQLite.
static inline void csqlite_configure(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, (1 << 17) - 1);
}
