#pragma once

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

inline std::string_view trimmed(std::string_view text) {
    size_t end = text.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

// What is wrong, in a clause about the text; NULL if nothing is.
const char *explain(error_code error);

// Visits the members of an object, or the elements of an array, until one fails.
template <typename Visit> error_code each_member(ondemand::object &object, Visit visit) {
    for (auto result : object) {
        ondemand::field field;
        if (auto error = std::move(result).get(field)) return error;
        std::string_view key;
        if (auto error = field.unescaped_key().get(key)) return error;
        if (auto error = visit(key, field.value())) return error;
    }
    return SUCCESS;
}

template <typename Visit> error_code each_element(ondemand::array &array, Visit visit) {
    for (auto result : array) {
        ondemand::value value;
        if (auto error = std::move(result).get(value)) return error;
        if (auto error = visit(value)) return error;
    }
    return SUCCESS;
}
