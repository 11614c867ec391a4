// This header defines what a feed may select an event on, as it is captured once, when the event is
// recorded.
//
//   FilterEntry entry = CaptureFilter(event, first_position, today, state);
#ifndef WAYMARK_LEDGER_COMMIT_FILTER_CAPTURE_H_
#define WAYMARK_LEDGER_COMMIT_FILTER_CAPTURE_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "google/protobuf/message.h"
#include "ledger/base/types.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/state.h"
#include "ledger/storage/commit_record.h"

namespace waymark {

// Codes of the focuses that an event is about, each once: those that it names, in a field `focus`
// or `focuses` of its own or of a part of it, or else those of the item of evidence, the notice,
// the dependency, the dispute or the events that it refers to. None for what concerns the whole
// contract. REQUIRES: a message of a declared type. Pure.
std::vector<std::string> FocusesOf(const google::protobuf::Message& message,
                                   Position first_position, const ContractState& state);

// `state` has taken the event in; `first_position` is that of its request's first event; `today` is
// the recorded day in the contract's time zone. The category is that of the first focus, under the
// matrix version in force today. Pure.
FilterEntry CaptureFilter(const ParsedEvent& event, Position first_position, absl::CivilDay today,
                          const ContractState& state);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_COMMIT_FILTER_CAPTURE_H_
