#include "Parser.hpp"

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

const char *explain(error_code error) {
    switch (error) {
    case SUCCESS: return nullptr;
    case EMPTY: return "it is empty";
    case UNCLOSED_STRING: return "it ends inside a string";
    case INCOMPLETE_ARRAY_OR_OBJECT:
    case TAPE_ERROR: return "it ends too early, or a comma, colon, bracket, or value is wrong or missing";
    case STRING_ERROR: return "a string has an invalid escape sequence";
    case UNESCAPED_CHARS: return "a string has a control character that is not escaped";
    case NUMBER_ERROR: return "a number is malformed";
    case T_ATOM_ERROR:
    case F_ATOM_ERROR:
    case N_ATOM_ERROR: return "a value is none of JSON's";
    case UTF8_ERROR: return "it is not UTF-8";
    case DEPTH_ERROR: return "too many values are nested";
    case INCORRECT_TYPE: return "a value is of the wrong type";
    case TRAILING_CONTENT: return "something follows its value";
    case CAPACITY:
    case MEMALLOC: return "it is too large for the memory";
    default: return "it breaks the rules of JSON";
    }
}
