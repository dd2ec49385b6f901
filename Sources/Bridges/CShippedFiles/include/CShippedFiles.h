#ifndef CSHIPPEDFILES_H
#define CSHIPPEDFILES_H

#include <stddef.h>

/// A file of the repository.
struct axport_file {
    /// From the top of the repository.
    const char *path;
    const char *text;
};

/// The pipelines and SQL files that people wrote, in a fixed order; null after the last.
const struct axport_file *axport_shipped_file(size_t index);

#endif
