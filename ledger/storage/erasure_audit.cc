#include "ledger/storage/erasure_audit.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/storage/rows.h"
#include "waymark/v1/event.pb.h"

namespace waymark {

void ErasureAudit::NoteErased(const merkle::EntryHeaderView& header) {
  erased_.insert(header.position);
}

void ErasureAudit::NotePresent(const merkle::EntryHeaderView& header, absl::string_view payload) {
  const bool is_disposal = header.event_type == v1::RecordDisposed::descriptor()->full_name();
  if (!is_disposal && header.event_type != v1::PersonalDataErased::descriptor()->full_name()) {
    return;
  }
  // The two have the same fields.
  v1::PersonalDataErased erasure;
  // Of damaged bytes the commitment speaks.
  if (!erasure.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return;
  for (const uint64_t position : erasure.positions()) {
    named_.try_emplace(Position{position}, header.position);
  }
}

void ErasureAudit::Finish(Position begin) {
  const auto report = [this](Position position, absl::string_view what, std::string want,
                             std::string got) {
    Fault fault;
    fault.position = position;
    fault.what = std::string(what);
    fault.want = std::move(want);
    fault.got = std::move(got);
    faults_.Report(std::move(fault), Family::kPayloads, EventKey(position));
  };
  for (const Position position : erased_) {
    if (named_.contains(position)) continue;
    report(position, "erasure_event", "an event that erases it", "none");
  }
  for (const auto& [position, by] : named_) {
    if (position < begin || erased_.contains(position)) continue;
    report(position, "erasure_undone", absl::StrCat("erased by position ", by.value),
           "a payload or no event");
  }
}

}  // namespace waymark
