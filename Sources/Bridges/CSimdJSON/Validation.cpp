#include "Parser.hpp"

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
    return document.current_location().get(end) == SUCCESS ? TRAILING_CONTENT : SUCCESS;
}

const char *csj_validate(csj_parser *parser, const uint8_t *json, size_t length, size_t room) {
    auto view = parser->pad(json, length, room);
    auto error = validate(parser, view);
    if (error == SCALAR_DOCUMENT_AS_VALUE) {
        error = parser->scalar_parser.parse(reinterpret_cast<const uint8_t *>(view.data()), length, false).error();
    }
    return explain(error);
}
