#include "clients/cpp/event_json.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/wire_shape.h"
#include "ledger/merkle/encoding.h"
#include "waymark/v1/clause.pb.h"
#include "waymark/v1/values.pb.h"

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

absl::Status Wrong(absl::string_view reason, absl::string_view path, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason),
                 absl::StrCat(path, ": ", what), -1, std::string(path)});
}

absl::Status WrongType(absl::string_view path, const json& value, absl::string_view wanted) {
  return Wrong("VALUE_WRONG_TYPE", path,
               absl::StrCat("found ", value.type_name(), ", expected ", wanted));
}

// "GAP_REASON_" for the enum GapReason: the prefix that its values carry.
std::string PrefixOf(const EnumDescriptor& type) {
  std::string prefix;
  for (size_t i = 0; i < type.name().size(); ++i) {
    const char c = type.name()[i];
    if (i > 0 && absl::ascii_isupper(c) && absl::ascii_islower(type.name()[i - 1])) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  return prefix + "_";
}

absl::Status ReadDay(const json& value, const std::string& path, v1::Date* date) {
  if (!value.is_string()) return WrongType(path, value, "a day such as \"2024-10-01\"");
  absl::StatusOr<absl::CivilDay> day = ParseDay(value.get<std::string>());
  if (!day.ok()) return Wrong("DATE_INVALID", path, day.status().message());
  date->set_year(static_cast<int32_t>(day->year()));
  date->set_month(day->month());
  date->set_day(day->day());
  return absl::OkStatus();
}

// "7/2" or "3".
absl::Status ReadRational(const std::string& text, const std::string& path, v1::Rational* ratio) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  int64_t num = 0;
  uint64_t den = 1;
  if (parts.size() > 2 || !absl::SimpleAtoi(parts[0], &num) ||
      (parts.size() == 2 && !absl::SimpleAtoi(parts[1], &den))) {
    return Wrong("VALUE_WRONG_TYPE", path, "expected a fraction such as \"7/2\"");
  }
  ratio->set_num(num);
  ratio->set_den(den);
  return absl::OkStatus();
}

// The field whose value may stand in place of the message: rules for a RuleList, a word or a list
// of codes for a FocusSet; null for other messages and values.
const char* FieldInPlaceOf(const Message& message, const json& value) {
  if (message.GetDescriptor() == v1::RuleList::descriptor() && value.is_array()) return "rules";
  if (message.GetDescriptor() != v1::FocusSet::descriptor()) return nullptr;
  return value.is_string() ? "word" : value.is_array() ? "focuses" : nullptr;
}

class Reader {
 public:
  explicit Reader(const PositionMap& positions) : positions_(positions) {}

  absl::Status Read(const json& value, const std::string& path, int depth, Message* message) const {
    if (depth > kProtoDepthMax) return Wrong("JSON_TOO_DEEP", path, "nested too deep");
    if (auto* date = dynamic_cast<v1::Date*>(message)) return ReadDay(value, path, date);
    if (auto* ref = dynamic_cast<v1::EventRef*>(message); ref != nullptr && !value.is_object()) {
      ASSIGN_OR_RETURN(uint64_t position,
                       ReadUnsigned(value, path, std::numeric_limits<uint64_t>::max()));
      if (positions_) {
        const std::optional<uint64_t> mapped = positions_(position);
        if (!mapped) return Wrong("POSITION_UNKNOWN", path, absl::StrCat("no event at ", position));
        position = *mapped;
      }
      ref->set_position(position);
      return absl::OkStatus();
    }
    if (auto* ratio = dynamic_cast<v1::Rational*>(message); ratio != nullptr && value.is_string()) {
      return ReadRational(value.get<std::string>(), path, ratio);
    }
    if (const char* name = FieldInPlaceOf(*message, value)) {
      return ReadField(value, path, depth, *message->GetDescriptor()->FindFieldByName(name),
                       message);
    }
    if (!value.is_object()) return WrongType(path, value, "an object");
    const Descriptor& type = *message->GetDescriptor();
    std::set<const void*> given;  // fields and choices between fields
    for (const auto& [name, item] : value.items()) {
      const FieldDescriptor* field = type.FindFieldByName(name);
      if (field == nullptr) field = type.FindFieldByCamelcaseName(name);
      const std::string inner = path.empty() ? name : absl::StrCat(path, ".", name);
      if (field == nullptr) {
        return Wrong("FIELD_UNKNOWN", inner, absl::StrCat(type.name(), " has no such field"));
      }
      if (item.is_null()) continue;
      const void* place = field;
      if (field->real_containing_oneof() != nullptr) place = field->real_containing_oneof();
      if (!given.insert(place).second) {
        return Wrong("FIELD_REPEATED", inner, "its place is taken by another field of this object");
      }
      RETURN_IF_ERROR(ReadField(item, inner, depth, *field, message));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadField(const json& value, const std::string& path, int depth,
                         const FieldDescriptor& field, Message* message) const {
    if (!field.is_repeated()) return ReadValue(value, path, depth, field, message);
    if (!value.is_array()) return WrongType(path, value, "a list");
    for (size_t i = 0; i < value.size(); ++i) {
      RETURN_IF_ERROR(ReadValue(value[i], absl::StrCat(path, "[", i, "]"), depth, field, message));
    }
    return absl::OkStatus();
  }

  absl::Status ReadValue(const json& value, const std::string& path, int depth,
                         const FieldDescriptor& field, Message* message) const {
    const Reflection& reflection = *message->GetReflection();
    // Sets or adds, whichever the field asks for.
    const auto put = [&](auto set, auto add, auto item) {
      field.is_repeated() ? (reflection.*add)(message, &field, item)
                          : (reflection.*set)(message, &field, item);
    };
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* inner = field.is_repeated() ? reflection.AddMessage(message, &field)
                                             : reflection.MutableMessage(message, &field);
        return Read(value, path, depth + 1, inner);
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        ASSIGN_OR_RETURN(std::string text, ReadText(value, path, field));
        put(&Reflection::SetString, &Reflection::AddString, std::move(text));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) return WrongType(path, value, "true or false");
        put(&Reflection::SetBool, &Reflection::AddBool, value.get<bool>());
        return absl::OkStatus();
      case FieldDescriptor::CPPTYPE_ENUM: {
        ASSIGN_OR_RETURN(const EnumValueDescriptor* item,
                         ReadEnum(value, path, *field.enum_type()));
        put(&Reflection::SetEnum, &Reflection::AddEnum, item);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        ASSIGN_OR_RETURN(const uint64_t number,
                         field.name() == "level"
                             ? ReadLevel(value, path, field)
                             : ReadUnsigned(value, path, std::numeric_limits<uint32_t>::max()));
        put(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<uint32_t>(number));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        ASSIGN_OR_RETURN(const uint64_t number,
                         ReadUnsigned(value, path, std::numeric_limits<uint64_t>::max()));
        put(&Reflection::SetUInt64, &Reflection::AddUInt64, number);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        ASSIGN_OR_RETURN(const int64_t number,
                         ReadSigned(value, path, std::numeric_limits<int32_t>::max()));
        put(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<int32_t>(number));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        ASSIGN_OR_RETURN(const int64_t number,
                         ReadSigned(value, path, std::numeric_limits<int64_t>::max()));
        put(&Reflection::SetInt64, &Reflection::AddInt64, number);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        break;
    }
    return WrongType(path, value, "something that no event holds");
  }

  static absl::StatusOr<std::string> ReadText(const json& value, const std::string& path,
                                              const FieldDescriptor& field) {
    if (!value.is_string()) return WrongType(path, value, "text");
    std::string text = value.get<std::string>();
    if (field.type() != FieldDescriptor::TYPE_BYTES) return text;
    absl::StatusOr<std::string> bytes = merkle::FromHex(text);
    if (!bytes.ok())
      return Wrong("VALUE_WRONG_TYPE", path, "expected bytes in lower-case hexadecimal");
    return bytes;
  }

  static absl::StatusOr<const EnumValueDescriptor*> ReadEnum(const json& value,
                                                             const std::string& path,
                                                             const EnumDescriptor& type) {
    if (!value.is_string()) return WrongType(path, value, "a word");
    const std::string word = value.get<std::string>();
    const EnumValueDescriptor* found = type.FindValueByName(PrefixOf(type) + word);
    if (found == nullptr) found = type.FindValueByName(word);
    if (found != nullptr) return found;
    std::vector<std::string> known;
    for (int i = 0; i < type.value_count(); ++i) {
      absl::string_view name = type.value(i)->name();
      absl::ConsumePrefix(&name, PrefixOf(type));
      if (type.value(i)->number() != 0) known.emplace_back(name);
    }
    return Wrong(UnknownValueReason(type), path,
                 absl::StrCat("\"", word, "\" is not one of ", absl::StrJoin(known, ", ")));
  }

  // A number that no unsigned field can carry is refused as the ledger refuses those it can.
  static absl::StatusOr<uint64_t> ReadLevel(const json& value, const std::string& path,
                                            const FieldDescriptor& field) {
    absl::StatusOr<uint64_t> level =
        ReadUnsigned(value, path, std::numeric_limits<uint32_t>::max());
    if (level.ok() || !value.is_number()) return level;
    const bool in_rule = field.file() == v1::Clause::descriptor()->file();
    return Wrong(in_rule ? "RULE_TYPE_ERROR" : "LEVEL_OUT_OF_RANGE", path,
                 absl::StrCat("found ", value.dump(), ", a whole number from 0 to ", kLevelMax));
  }

  static absl::StatusOr<uint64_t> ReadUnsigned(const json& value, const std::string& path,
                                               uint64_t max) {
    uint64_t number = 0;
    if (value.is_number_unsigned() || (value.is_number_integer() && value.get<int64_t>() >= 0)) {
      number = value.get<uint64_t>();
    } else if (!value.is_string() || !absl::SimpleAtoi(value.get<std::string>(), &number)) {
      return WrongType(path, value, "a whole number from 0");
    }
    if (number > max)
      return Wrong("NUMBER_OUT_OF_RANGE", path, absl::StrCat(number, ", at most ", max));
    return number;
  }

  static absl::StatusOr<int64_t> ReadSigned(const json& value, const std::string& path,
                                            int64_t max) {
    int64_t number = 0;
    if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(max)) {
      return Wrong("NUMBER_OUT_OF_RANGE", path, absl::StrCat(value.dump(), " does not fit"));
    }
    if (value.is_number_integer()) {
      number = value.get<int64_t>();
    } else if (!value.is_string() || !absl::SimpleAtoi(value.get<std::string>(), &number)) {
      return WrongType(path, value, "a whole number");
    }
    if (number > max || number < -max - 1) {
      return Wrong("NUMBER_OUT_OF_RANGE", path, absl::StrCat(number, " does not fit"));
    }
    return number;
  }

  const PositionMap& positions_;
};

nlohmann::ordered_json ValueToJson(const Message& message, const FieldDescriptor& field,
                                   int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageToJson(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                    : reflection.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = repeated ? reflection.GetRepeatedString(message, &field, index)
                                        : reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? merkle::ToHex(text) : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = repeated
                                             ? reflection.GetRepeatedEnum(message, &field, index)
                                             : reflection.GetEnum(message, &field);
      absl::string_view name = value->name();
      absl::ConsumePrefix(&name, PrefixOf(*field.enum_type()));
      return std::string(name);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return repeated ? reflection.GetRepeatedBool(message, &field, index)
                      : reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return repeated ? reflection.GetRepeatedUInt32(message, &field, index)
                      : reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return repeated ? reflection.GetRepeatedUInt64(message, &field, index)
                      : reflection.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return repeated ? reflection.GetRepeatedInt32(message, &field, index)
                      : reflection.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return repeated ? reflection.GetRepeatedInt64(message, &field, index)
                      : reflection.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;
  }
  return nullptr;
}

// The line, from 1, of a byte, from 1.
size_t LineOf(absl::string_view text, size_t byte) {
  const absl::string_view before = text.substr(0, byte > 0 ? byte - 1 : 0);
  return 1 + std::count(before.begin(), before.end(), '\n');
}

}  // namespace

absl::StatusOr<json> ParseJson(absl::string_view text) {
  int depth_seen = 0;
  std::vector<std::set<std::string>> names;  // of the objects that are open, by depth
  std::optional<std::string> repeated;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    depth_seen = std::max(depth_seen, depth);
    if (depth > kProtoDepthMax) return false;
    if (event == json::parse_event_t::object_start) {
      names.resize(depth + 1);
      names.push_back({});
    } else if (event == json::parse_event_t::key &&
               !names[depth].insert(value.get<std::string>()).second) {
      repeated = value.get<std::string>();
    }
    return true;
  };
  if (!merkle::IsUtf8(text)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "JSON_MALFORMED", "the file is not UTF-8"});
  }
  json parsed;
  size_t wrong_byte = 0;
  try {
    parsed = json::parse(text.begin(), text.end(), watch);
  } catch (const json::parse_error& error) {
    // Only its exception says where.
    wrong_byte = error.byte;
  } catch (const json::out_of_range&) {
    return Refuse({absl::StatusCode::kInvalidArgument, "NUMBER_OUT_OF_RANGE",
                   "a number is too large for any field"});
  }
  if (depth_seen > kProtoDepthMax) {
    return Refuse({absl::StatusCode::kInvalidArgument, "JSON_TOO_DEEP",
                   absl::StrCat("nested deeper than ", kProtoDepthMax)});
  }
  if (wrong_byte > 0) {
    return Refuse({absl::StatusCode::kInvalidArgument, "JSON_MALFORMED",
                   absl::StrCat("line ", LineOf(text, wrong_byte), ", byte ", wrong_byte,
                                wrong_byte > text.size() ? ": the text ends before it is complete"
                                                         : ": this is not JSON")});
  }
  if (repeated) {
    return Wrong("FIELD_REPEATED", *repeated, "given twice in one object; which one counts?");
  }
  return parsed;
}

absl::Status JsonToMessage(const json& value, const PositionMap& positions, Message* message) {
  return Reader(positions).Read(value, "", 0, message);
}

const Descriptor* EventDescriptorOf(absl::string_view name) {
  // Names the file, so that its descriptors are linked in and registered.
  const google::protobuf::DescriptorPool* pool = v1::Date::descriptor()->file()->pool();
  const std::string full =
      absl::StrContains(name, '.') ? std::string(name) : absl::StrCat("waymark.v1.", name);
  return pool->FindMessageTypeByName(full);
}

std::unique_ptr<Message> NewMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

nlohmann::ordered_json MessageToJson(const Message& message) {
  if (const auto* date = dynamic_cast<const v1::Date*>(&message)) {
    return FormatDay(absl::CivilDay(date->year(), date->month(), date->day()));
  }
  if (const auto* ref = dynamic_cast<const v1::EventRef*>(&message);
      ref != nullptr && ref->has_position()) {
    return ref->position();
  }
  if (const auto* ratio = dynamic_cast<const v1::Rational*>(&message)) {
    return absl::StrCat(ratio->num(), "/", ratio->den());
  }
  if (const auto* set = dynamic_cast<const v1::FocusSet*>(&message);
      set != nullptr && !set->word().empty()) {
    return set->word();
  }
  if (message.GetDescriptor() == v1::RuleList::descriptor() ||
      message.GetDescriptor() == v1::FocusSet::descriptor()) {
    const FieldDescriptor* list = message.GetDescriptor()->FindFieldByName(
        message.GetDescriptor() == v1::RuleList::descriptor() ? "rules" : "focuses");
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (int i = 0; i < message.GetReflection()->FieldSize(message, list); ++i) {
      items.push_back(ValueToJson(message, *list, i));
    }
    return items;
  }
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      result[field->name()] = ValueToJson(message, *field, -1);
      continue;
    }
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      list.push_back(ValueToJson(message, *field, i));
    }
    result[field->name()] = std::move(list);
  }
  return result;
}

}  // namespace waymark
