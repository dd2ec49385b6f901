#include "CSimdJSON.h"

#include <simdjson.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

using namespace simdjson;

static_assert(CSJ_ROOM >= SIMDJSON_PADDING);

struct csj_parser {
    ondemand::parser members_parser;
    dom::parser scalar_parser;
    std::unique_ptr<char[]> padded;
    size_t padded_size = 0;
    std::vector<csj_member> members;
    std::vector<csj_resource> resources;

    // The text itself if simdjson may read as far behind it as it does, otherwise a copy.
    padded_string_view pad(const uint8_t *json, size_t length, size_t room) {
        if (room >= CSJ_ROOM) return padded_string_view(json, length, length + room);
        if (padded_size < length + CSJ_ROOM) {
            padded_size = length + CSJ_ROOM;
            padded.reset(new char[padded_size]);
        }
        std::memcpy(padded.get(), json, length);
        std::memset(padded.get() + length, 0, CSJ_ROOM);
        return padded_string_view(padded.get(), length, padded_size);
    }

    size_t largest_document() const { return std::max(padded_size, members_parser.capacity()); }
};

static std::string_view trimmed(std::string_view text) {
    size_t end = text.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

static error_code read(ondemand::value value, std::string_view key, bool has_key, csj_member &member) {
    std::string_view text;
    int kind = CSJ_NULL;
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return error;
    switch (type) {
    case ondemand::json_type::string:
        kind = CSJ_STRING;
        if (auto error = value.get_string().get(text)) return error;
        break;
    case ondemand::json_type::object: {
        kind = CSJ_OBJECT;
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return error;
        if (auto error = object.raw_json().get(text)) return error;
        break;
    }
    case ondemand::json_type::array: {
        kind = CSJ_ARRAY;
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        if (auto error = array.raw_json().get(text)) return error;
        break;
    }
    case ondemand::json_type::number:
        kind = CSJ_NUMBER;
        text = trimmed(value.raw_json_token());
        break;
    case ondemand::json_type::boolean: {
        bool flag;
        if (auto error = value.get_bool().get(flag)) return error;
        kind = flag ? CSJ_TRUE : CSJ_FALSE;
        text = flag ? "true" : "false";
        break;
    }
    case ondemand::json_type::null: {
        bool is_null;
        if (auto error = value.is_null().get(is_null)) return error;
        if (!is_null) return N_ATOM_ERROR;
        text = "null";
        break;
    }
    }
    member = {has_key ? reinterpret_cast<const uint8_t *>(key.data()) : nullptr, key.size(),
              reinterpret_cast<const uint8_t *>(text.data()), text.size(), kind};
    return SUCCESS;
}

static error_code append(std::vector<csj_member> &members, std::string_view key, bool has_key,
                         ondemand::value value) {
    csj_member member;
    if (auto error = read(value, key, has_key, member)) return error;
    members.push_back(member);
    return SUCCESS;
}

// Visits the members of an object, or the elements of an array, until one fails.
template <typename Visit> static error_code each_member(ondemand::object &object, Visit visit) {
    for (auto result : object) {
        ondemand::field field;
        if (auto error = std::move(result).get(field)) return error;
        std::string_view key;
        if (auto error = field.unescaped_key().get(key)) return error;
        if (auto error = visit(key, field.value())) return error;
    }
    return SUCCESS;
}

template <typename Visit> static error_code each_element(ondemand::array &array, Visit visit) {
    for (auto result : array) {
        ondemand::value value;
        if (auto error = std::move(result).get(value)) return error;
        if (auto error = visit(value)) return error;
    }
    return SUCCESS;
}

static error_code read_members(csj_parser *parser, ondemand::document &document) {
    ondemand::json_type type;
    if (auto error = document.type().get(type)) return error;
    if (type == ondemand::json_type::object) {
        ondemand::object object;
        if (auto error = document.get_object().get(object)) return error;
        return each_member(object, [&](std::string_view key, ondemand::value value) {
            return append(parser->members, key, true, value);
        });
    }
    ondemand::array array;
    if (auto error = document.get_array().get(array)) return error;
    return each_element(array, [&](ondemand::value value) { return append(parser->members, {}, false, value); });
}

static error_code append_resource(std::vector<csj_resource> &resources, ondemand::value value) {
    csj_resource resource = {};
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return error;
    if (type != ondemand::json_type::object) {
        if (auto error = read(value, {}, false, resource.element)) return error;
        resources.push_back(resource);
        return SUCCESS;
    }
    ondemand::object object;
    if (auto error = value.get_object().get(object)) return error;
    std::string_view text;
    if (auto error = object.raw_json().get(text)) return error;
    resource.element = {nullptr, 0, reinterpret_cast<const uint8_t *>(text.data()), text.size(), CSJ_OBJECT};
    if (auto error = object.reset().error()) return error;
    auto error = each_member(object, [&](std::string_view key, ondemand::value member) -> error_code {
        bool is_type = key == "type", is_id = key == "id";
        if (!is_type && !is_id && key != "attributes") return SUCCESS;
        // What has another type counts as missing; of members of one name the last that has the right one counts.
        csj_member found;
        if (auto error = read(member, key, true, found)) return error;
        if (found.kind == CSJ_STRING || (is_id && found.kind == CSJ_NUMBER)) {
            if (is_type) resource.type = found;
            if (is_id) resource.id = found;
        }
        if (found.kind == CSJ_OBJECT && !is_type && !is_id) resource.attributes = found;
        return SUCCESS;
    });
    if (!error) resources.push_back(resource);
    return error;
}

static error_code append_resources(std::vector<csj_resource> &resources, ondemand::array array) {
    return each_element(array, [&](ondemand::value value) { return append_resource(resources, value); });
}

static error_code read_document(csj_parser *parser, ondemand::document &document) {
    ondemand::json_type type;
    if (auto error = document.type().get(type)) return error;
    if (type == ondemand::json_type::array) {
        ondemand::array array;
        if (auto error = document.get_array().get(array)) return error;
        return append_resources(parser->resources, array);
    }
    ondemand::object object;
    if (auto error = document.get_object().get(object)) return error;
    return each_member(object, [&](std::string_view key, ondemand::value value) -> error_code {
        ondemand::json_type kind;
        if (auto error = value.type().get(kind)) return error;
        bool is_list = kind == ondemand::json_type::array;
        if (key != "data" || (!is_list && kind != ondemand::json_type::object)) {
            return append(parser->members, key, true, value);
        }
        parser->members.push_back({reinterpret_cast<const uint8_t *>(key.data()), key.size(), nullptr, 0,
                                   is_list ? CSJ_ARRAY : CSJ_OBJECT});
        if (!is_list) return append_resource(parser->resources, value);
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        return append_resources(parser->resources, array);
    });
}

// Parsers that this thread has done with. Most documents are small, and their parsers cost more to make than to use;
// one that has read a large document would keep several times its size.
static thread_local std::vector<std::unique_ptr<csj_parser>> spare;
static const size_t most_spare = 8;
static const size_t largest_spare = 8 << 10;

csj_parser *csj_parser_create(void) {
    if (spare.empty()) return new csj_parser();
    auto parser = spare.back().release();
    spare.pop_back();
    return parser;
}

void csj_parser_destroy(csj_parser *parser) {
    if (spare.size() < most_spare && parser->largest_document() <= largest_spare) {
        spare.emplace_back(parser);
    } else {
        delete parser;
    }
}

const char *csj_members(csj_parser *parser, const uint8_t *json, size_t length, const csj_member **members,
                        size_t *count) {
    parser->members.clear();
    ondemand::document document;
    auto error = parser->members_parser.iterate(parser->pad(json, length, 0)).get(document);
    if (!error) error = read_members(parser, document);
    *members = parser->members.data();
    *count = parser->members.size();
    return error ? error_message(error) : nullptr;
}

const char *csj_read_document(csj_parser *parser, const uint8_t *json, size_t length, size_t room,
                              csj_document *found) {
    parser->members.clear();
    parser->resources.clear();
    ondemand::document document;
    auto error = parser->members_parser.iterate(parser->pad(json, length, room)).get(document);
    if (!error) error = read_document(parser, document);
    *found = {parser->members.data(), parser->members.size(), parser->resources.data(), parser->resources.size()};
    return error ? error_message(error) : nullptr;
}

// RFC 8259 section 6, whatever the size.
static bool is_number(std::string_view text) {
    size_t at = 0;
    auto digits = [&] {
        size_t start = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') at++;
        return at - start;
    };
    if (at < text.size() && text[at] == '-') at++;
    bool starts_with_zero = at < text.size() && text[at] == '0';
    size_t whole = digits();
    if (whole == 0 || (starts_with_zero && whole > 1)) return false;
    if (at < text.size() && text[at] == '.') {
        at++;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) at++;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

// Below what simdjson itself goes down to, 1,024.
static const int deepest = 1000;

// Numbers are read as text, so that none is too long.
static error_code walk(ondemand::value value, int depth) {
    if (depth > deepest) return DEPTH_ERROR;
    ondemand::json_type type;
    if (auto error = value.type().get(type)) return error;
    switch (type) {
    case ondemand::json_type::array: {
        ondemand::array array;
        if (auto error = value.get_array().get(array)) return error;
        return each_element(array, [depth](ondemand::value element) { return walk(element, depth + 1); });
    }
    case ondemand::json_type::object: {
        ondemand::object object;
        if (auto error = value.get_object().get(object)) return error;
        return each_member(object, [depth](std::string_view, ondemand::value member) { return walk(member, depth + 1); });
    }
    case ondemand::json_type::string: {
        std::string_view text;
        return value.get_string().get(text);
    }
    case ondemand::json_type::number: return is_number(trimmed(value.raw_json_token())) ? SUCCESS : NUMBER_ERROR;
    case ondemand::json_type::boolean: {
        bool flag;
        return value.get_bool().get(flag);
    }
    default: {
        bool is_null;
        if (auto error = value.is_null().get(is_null)) return error;
        return is_null ? SUCCESS : N_ATOM_ERROR;
    }
    }
}

static error_code validate(csj_parser *parser, padded_string_view view) {
    ondemand::document document;
    if (auto error = parser->members_parser.iterate(view).get(document)) return error;
    ondemand::value root;
    // A document of one value ends where the walk does.
    if (auto error = document.get_value().get(root)) return error;
    if (auto error = walk(root, 1)) return error;
    const char *end = nullptr;
    return document.current_location().get(end) == SUCCESS ? TAPE_ERROR : SUCCESS;
}

const char *csj_validate(csj_parser *parser, const uint8_t *json, size_t length, size_t room) {
    auto view = parser->pad(json, length, room);
    auto error = validate(parser, view);
    if (error == SCALAR_DOCUMENT_AS_VALUE) {
        error = parser->scalar_parser.parse(reinterpret_cast<const uint8_t *>(view.data()), length, false).error();
    }
    return error ? error_message(error) : nullptr;
}
