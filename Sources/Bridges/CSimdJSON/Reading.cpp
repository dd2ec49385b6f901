#include "Parser.hpp"

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

const char *csj_members(csj_parser *parser, const uint8_t *json, size_t length, const csj_member **members,
                        size_t *count) {
    parser->members.clear();
    ondemand::document document;
    auto error = parser->members_parser.iterate(parser->pad(json, length, 0)).get(document);
    if (!error) error = read_members(parser, document);
    *members = parser->members.data();
    *count = parser->members.size();
    return explain(error);
}

const char *csj_read_document(csj_parser *parser, const uint8_t *json, size_t length, size_t room,
                              csj_document *found) {
    parser->members.clear();
    parser->resources.clear();
    ondemand::document document;
    auto error = parser->members_parser.iterate(parser->pad(json, length, room)).get(document);
    if (!error) error = read_document(parser, document);
    *found = {parser->members.data(), parser->members.size(), parser->resources.data(), parser->resources.size()};
    return explain(error);
}
