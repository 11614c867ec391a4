// This header defines a feed's filter, checked once and then asked of many events.
//
//   ASSIGN_OR_RETURN(const EventFilter filter, EventFilter::Compile(request.filter()));
//   if (filter.Matches(header, captured)) ...
//
// Values of one field are alternatives, the fields of a term must all match, terms are
// alternatives.
#ifndef WAYMARK_LEDGER_SERVICE_EVENT_FILTER_H_
#define WAYMARK_LEDGER_SERVICE_EVENT_FILTER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "ledger/base/types.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/storage/commit_record.h"
#include "waymark/v1/ledger.pb.h"

namespace waymark {

// Immutable once made; safe from any thread.
class EventFilter {
 public:
  // All violations at once, InvalidArgument: FILTER_TOO_LARGE, FILTER_TERM_EMPTY (it would silently
  // let everything through), FILTER_VALUE_INVALID, EVENT_TYPE_UNKNOWN, MARKING_UNKNOWN.
  static absl::StatusOr<EventFilter> Compile(const v1::Filter& filter);

  bool MatchesEverything() const { return terms_.empty(); }
  // Whether Matches looks at what was captured, not only at the header.
  bool NeedsCaptured() const { return needs_captured_; }
  bool Matches(const merkle::EntryHeaderView& header, const FilterEntry& captured) const;

  // The one contract that every match is of; empty where there is none such.
  const std::string& only_contract() const { return only_contract_; }

  // The same for every way to write the same filter down: order and repeats do not count. SHA-256
  // of
  //   filter := "waymark/filter/v1" 00 term*       terms sorted, each once
  //   term   := { count:u32be { size:u32be bytes }count }7   values sorted, each once; fields in
  //   proto order
  const Digest& hash() const { return hash_; }

  // Values that can be listed as unknown, each once, sorted.
  struct Values {
    std::vector<std::string> contracts, focuses, categories, parties;
  };
  Values AskedFor() const;

 private:
  using Set = absl::flat_hash_set<std::string>;
  struct CompiledTerm {
    Set contracts, focuses, categories, types, types_excluded, parties;
    absl::flat_hash_set<uint8_t> markings;
  };
  static bool TermMatches(const CompiledTerm& term, const merkle::EntryHeaderView& header,
                          const FilterEntry& captured);

  std::vector<CompiledTerm> terms_;
  bool needs_captured_ = false;
  std::string only_contract_;
  Digest hash_ = {};
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_EVENT_FILTER_H_
