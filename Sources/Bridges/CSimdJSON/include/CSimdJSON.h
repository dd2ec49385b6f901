#pragma once
#include <stddef.h>
#include <stdint.h>

// simdjson's on-demand parser behind a C interface, because Swift cannot import its C++ templates.

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csj_parser csj_parser;

/// How far behind a text simdjson may read.
enum { CSJ_ROOM = 64 };

enum csj_kind { CSJ_NULL, CSJ_FALSE, CSJ_TRUE, CSJ_NUMBER, CSJ_STRING, CSJ_ARRAY, CSJ_OBJECT };

/// One member of an object, or one element of an array (then `key` is NULL).
/// `text` is the unescaped text of a string, otherwise the value as written.
typedef struct {
    const uint8_t *key;
    size_t key_length;
    const uint8_t *text;
    size_t text_length;
    int kind;
} csj_member;

csj_parser *csj_parser_create(void);
void csj_parser_destroy(csj_parser *parser);

/// The members of the outermost object or array, one level deep. They stay valid until the next call with this
/// parser. Returns NULL, or why the text is not such a value.
const char *csj_members(csj_parser *parser, const uint8_t *json, size_t length, const csj_member **members,
                        size_t *count);

/// One resource of a document of Apple's API; `text` of `type`, `id` and `attributes` is NULL where there is none.
typedef struct {
    csj_member element;
    csj_member type;
    csj_member id;
    csj_member attributes;
} csj_resource;

typedef struct {
    const csj_member *members;
    size_t member_count;
    const csj_resource *resources;
    size_t resource_count;
} csj_document;

/// The members of the outermost object, and the resources under `data`: the elements of an array, or the object itself.
/// An outermost array is such an array. `data` has no text. All stay valid until the next call with this parser, and as
/// long as the text. Returns NULL, or why the text is no such document.
/// `room`: how many bytes after the text may be read, whatever they are. With `CSJ_ROOM` the text is not copied.
const char *csj_read_document(csj_parser *parser, const uint8_t *json, size_t length, size_t room,
                              csj_document *document);

/// Returns NULL when the whole text is one valid JSON value, otherwise what is wrong with it. `room` as above.
const char *csj_validate(csj_parser *parser, const uint8_t *json, size_t length, size_t room);

#ifdef __cplusplus
}
#endif
