// This header defines JSON values and the one way in which they are written, that of RFC 8785:
// members sorted, no blanks, the shortest escapes. There are no fractions: numbers are whole, and
// one beyond 2^53 - 1 is written as a text by whoever makes it.
//
//   Json leaf = Json::Object();
//   leaf["months"] = 6;
//   leaf["since"] = "2024-10-01";
//   leaf.Canonical();                // {"months":6,"since":"2024-10-01"}
//
// Plain values; not synchronised.
#ifndef WAYMARK_LEDGER_CONTRACT_JSON_VALUE_H_
#define WAYMARK_LEDGER_CONTRACT_JSON_VALUE_H_

#include <cstdint>
#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace waymark {

class Json {
 public:
  using List = std::vector<Json>;
  using Members = std::map<std::string, Json>;

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  // REQUIRES: at most 2^53 - 1 on either side of 0.
  template <typename Number, typename = std::enable_if_t<std::is_integral_v<Number> &&
                                                         !std::is_same_v<Number, bool>>>
  Json(Number number) : Json(Whole{}, static_cast<int64_t>(number)) {}
  // REQUIRES: UTF-8.
  Json(absl::string_view text) : value_(std::string(text)) {}
  Json(const std::string& text) : value_(text) {}
  Json(const char* text) : value_(std::string(text)) {}
  static Json Object() { return Json(Members()); }
  static Json Array() { return Json(List()); }

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // The member, null until set. REQUIRES: an object; a name of printable ASCII.
  Json& operator[](absl::string_view name);
  // REQUIRES: an array.
  void Add(Json item);
  // REQUIRES: an object; an array.
  const Members& members() const;
  const List& list() const;

  std::string Canonical() const;

 private:
  struct Whole {};
  Json(Whole, int64_t number);
  explicit Json(Members members) : value_(std::move(members)) {}
  explicit Json(List list) : value_(std::move(list)) {}
  void Write(std::string* out) const;

  std::variant<std::monostate, bool, int64_t, std::string, List, Members> value_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_JSON_VALUE_H_
