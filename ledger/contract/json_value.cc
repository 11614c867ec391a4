#include "ledger/contract/json_value.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"

namespace waymark {
namespace {

constexpr int64_t kWholeNumberMax = (int64_t{1} << 53) - 1;

// RFC 8785 section 3.2.2.2.
void WriteText(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out->push_back('\\');
        out->push_back(c);
        break;
      case '\b':
        out->append("\\b");
        break;
      case '\t':
        out->append("\\t");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\f':
        out->append("\\f");
        break;
      case '\r':
        out->append("\\r");
        break;
      default:
        if (static_cast<uint8_t>(c) < 0x20) {
          absl::StrAppend(out, "\\u", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad4));
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

}  // namespace

Json::Json(Whole, int64_t number) : value_(number) {
  WAYMARK_CHECK(number >= -kWholeNumberMax && number <= kWholeNumberMax);
}

Json& Json::operator[](absl::string_view name) {
  // In ASCII the order of bytes is the order of UTF-16 code units that the RFC asks for.
  WAYMARK_CHECK(std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
  return std::get<Members>(value_)[std::string(name)];
}

void Json::Add(Json item) { std::get<List>(value_).push_back(std::move(item)); }

const Json::Members& Json::members() const { return std::get<Members>(value_); }
const Json::List& Json::list() const { return std::get<List>(value_); }

std::string Json::Canonical() const {
  std::string out;
  Write(&out);
  return out;
}

void Json::Write(std::string* out) const {
  if (const auto* members = std::get_if<Members>(&value_)) {
    char before = '{';
    for (const auto& [name, member] : *members) {
      out->push_back(before);
      WriteText(name, out);
      out->push_back(':');
      member.Write(out);
      before = ',';
    }
    out->append(members->empty() ? "{}" : "}");
  } else if (const auto* list = std::get_if<List>(&value_)) {
    char before = '[';
    for (const Json& item : *list) {
      out->push_back(before);
      item.Write(out);
      before = ',';
    }
    out->append(list->empty() ? "[]" : "]");
  } else if (const auto* text = std::get_if<std::string>(&value_)) {
    WriteText(*text, out);
  } else if (const auto* number = std::get_if<int64_t>(&value_)) {
    absl::StrAppend(out, *number);
  } else if (const auto* truth = std::get_if<bool>(&value_)) {
    out->append(*truth ? "true" : "false");
  } else {
    out->append("null");
  }
}

}  // namespace waymark
