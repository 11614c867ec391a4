#include "ledger/service/event_filter.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/contract/event_types.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "waymark/v1/values.pb.h"

namespace waymark {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr absl::string_view kHashDomain("waymark/filter/v1\0", 18);

bool FindMarking(const std::string& name, v1::Marking* marking) {
  return v1::Marking_Parse(absl::StrCat("MARKING_", name), marking) &&
         *marking != v1::MARKING_UNSPECIFIED;
}

// Checks term by term and field by field, and lists what is wrong, up to kViolationsMax.
class FilterChecker {
 public:
  void CheckTerm(const v1::Term& term, int index) {
    prefix_ = absl::StrCat("filter.any_of[", index, "]");
    size_t count = 0;
    count += CheckValues("contract_id", term.contract_id());
    count += CheckValues("focus", term.focus());
    count += CheckValues("category", term.category());
    count += CheckValues("event_type", term.event_type());
    count += CheckValues("exclude_event_type", term.exclude_event_type());
    count += CheckValues("party", term.party());
    count += CheckValues("marking", term.marking());
    if (count == 0) {
      Add("FILTER_TERM_EMPTY", prefix_, "no condition; leave the whole filter out for every event");
    }
    CheckTypes("event_type", term.event_type());
    CheckTypes("exclude_event_type", term.exclude_event_type());
    if (TooMany(term.marking())) return;
    for (const std::string& name : term.marking()) {
      v1::Marking marking;
      if (!FindMarking(name, &marking)) {
        Add("MARKING_UNKNOWN", absl::StrCat(prefix_, ".marking"),
            absl::StrCat("found \"", name, "\"; PUBLIC, OFFICIAL, COMMERCIAL or PERSONAL"));
      }
    }
  }

  void Add(absl::string_view reason, const std::string& field, const std::string& what) {
    if (violations_.size() == kViolationsMax) return;
    violations_.push_back({.reason = std::string(reason),
                           .message = absl::StrCat(field, ": ", what),
                           .field = field});
  }

  absl::Status Finish() const {
    return violations_.empty() ? absl::OkStatus() : Refuse(violations_);
  }

 private:
  // Then they are not looked into.
  static bool TooMany(const Texts& values) {
    return static_cast<size_t>(values.size()) > kFilterValuesMax;
  }

  size_t CheckValues(absl::string_view name, const Texts& values) {
    const std::string field = absl::StrCat(prefix_, ".", name);
    if (TooMany(values)) {
      Add("FILTER_TOO_LARGE", field,
          absl::StrCat(values.size(), " values, at most ", kFilterValuesMax));
      return static_cast<size_t>(values.size());
    }
    for (const std::string& value : values) {
      if (merkle::CheckText(field, value, kFilterValueBytesMax).ok()) continue;
      Add("FILTER_VALUE_INVALID", field,
          absl::StrCat("a value of ", value.size(), " bytes; 1 to ", kFilterValueBytesMax,
                       " bytes of UTF-8 without control characters"));
    }
    return static_cast<size_t>(values.size());
  }

  void CheckTypes(absl::string_view name, const Texts& types) {
    if (TooMany(types)) return;
    for (const std::string& type : types) {
      if (FindEventType(type) != nullptr) continue;
      Add("EVENT_TYPE_UNKNOWN", absl::StrCat(prefix_, ".", name),
          absl::StrCat("found \"", type, "\"; full names such as waymark.v1.LevelDetermined"));
    }
  }

  std::string prefix_;
  std::vector<Violation> violations_;
};

void AppendField(const Texts& values, std::string* out) {
  const std::set<std::string> sorted(values.begin(), values.end());
  merkle::AppendU32be(static_cast<uint32_t>(sorted.size()), out);
  for (const std::string& value : sorted) {
    merkle::AppendU32be(static_cast<uint32_t>(value.size()), out);
    out->append(value);
  }
}

Digest HashOf(const v1::Filter& filter) {
  std::set<std::string> terms;
  for (const v1::Term& term : filter.any_of()) {
    std::string bytes;
    for (const Texts* field :
         {&term.contract_id(), &term.focus(), &term.category(), &term.event_type(),
          &term.exclude_event_type(), &term.party(), &term.marking()}) {
      AppendField(*field, &bytes);
    }
    terms.insert(std::move(bytes));
  }
  std::string bytes(kHashDomain);
  for (const std::string& term : terms) bytes += term;
  return merkle::Sha256(bytes);
}

}  // namespace

absl::StatusOr<EventFilter> EventFilter::Compile(const v1::Filter& filter) {
  FilterChecker checker;
  if (static_cast<size_t>(filter.any_of_size()) > kFilterTermsMax) {
    checker.Add("FILTER_TOO_LARGE", "filter.any_of",
                absl::StrCat(filter.any_of_size(), " terms, at most ", kFilterTermsMax));
    return checker.Finish();
  }
  for (int i = 0; i < filter.any_of_size(); ++i) checker.CheckTerm(filter.any_of(i), i);
  if (absl::Status valid = checker.Finish(); !valid.ok()) return valid;

  EventFilter compiled;
  compiled.hash_ = HashOf(filter);
  const auto set = [](const Texts& values) { return Set(values.begin(), values.end()); };
  for (const v1::Term& term : filter.any_of()) {
    CompiledTerm& made = compiled.terms_.emplace_back();
    made.contracts = set(term.contract_id());
    made.focuses = set(term.focus());
    made.categories = set(term.category());
    made.types = set(term.event_type());
    made.types_excluded = set(term.exclude_event_type());
    made.parties = set(term.party());
    for (const std::string& name : term.marking()) {
      v1::Marking marking;
      if (FindMarking(name, &marking)) made.markings.insert(static_cast<uint8_t>(marking));
    }
    compiled.needs_captured_ |= !made.focuses.empty() || !made.categories.empty() ||
                                !made.parties.empty() || !made.markings.empty();
  }
  const std::vector<std::string> contracts = compiled.AskedFor().contracts;
  const bool each_names_one =
      std::all_of(compiled.terms_.begin(), compiled.terms_.end(),
                  [](const CompiledTerm& term) { return term.contracts.size() == 1; });
  if (contracts.size() == 1 && each_names_one) compiled.only_contract_ = contracts[0];
  return compiled;
}

bool EventFilter::Matches(const merkle::EntryHeaderView& header,
                          const FilterEntry& captured) const {
  if (terms_.empty()) return true;
  return std::any_of(terms_.begin(), terms_.end(),
                     [&](const CompiledTerm& term) { return TermMatches(term, header, captured); });
}

bool EventFilter::TermMatches(const CompiledTerm& term, const merkle::EntryHeaderView& header,
                              const FilterEntry& captured) {
  if (!term.contracts.empty() && !term.contracts.contains(header.contract_id)) return false;
  if (!term.types.empty() && !term.types.contains(header.event_type)) return false;
  if (term.types_excluded.contains(header.event_type)) return false;
  if (!term.categories.empty() && !term.categories.contains(captured.category)) return false;
  if (!term.parties.empty() && !term.parties.contains(captured.party)) return false;
  if (!term.markings.empty() && !term.markings.contains(captured.marking)) return false;
  if (term.focuses.empty()) return true;
  return std::any_of(captured.focuses.begin(), captured.focuses.end(),
                     [&](const std::string& focus) { return term.focuses.contains(focus); });
}

EventFilter::Values EventFilter::AskedFor() const {
  std::set<std::string> contracts, focuses, categories, parties;
  for (const CompiledTerm& term : terms_) {
    contracts.insert(term.contracts.begin(), term.contracts.end());
    focuses.insert(term.focuses.begin(), term.focuses.end());
    categories.insert(term.categories.begin(), term.categories.end());
    parties.insert(term.parties.begin(), term.parties.end());
  }
  const auto list = [](const std::set<std::string>& values) {
    return std::vector<std::string>(values.begin(), values.end());
  };
  return {list(contracts), list(focuses), list(categories), list(parties)};
}

}  // namespace waymark
