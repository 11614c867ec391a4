// Clauses as both parties agreed to encode them, and their later versions.

#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/clause_check.h"
#include "ledger/contract/event_types.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using google::protobuf::RepeatedPtrField;

// Both sides approved the encoding as it will be recorded.
void RequireAssents(const RepeatedPtrField<v1::EventRef>& refs, Ruling* ruling) {
  const std::vector<Position> assents = ruling->ResolveAll(refs, "assents");
  if (BothSidesAssent(*ruling, ruling->digest(), assents)) return;
  ruling->Forbid("ASSENT_MISSING", "assents", "both sides have to assent to this very event");
}

// What the pinned matrix version holds, or where none is pinned any draft.
ClauseNames NamesFor(const Ruling& ruling) {
  ClauseNames names;
  if (const v1::Matrix* pinned = ruling.PinnedMatrix()) {
    names.Add(*pinned);
    return names;
  }
  for (const MatrixDraft& draft : ruling.state().drafts) names.Add(draft.matrix);
  return names;
}

void RequireKnownNames(const v1::Clause& clause, const std::string& field, const ClauseNames& names,
                       Ruling* ruling) {
  for (const UnknownName& unknown : FindUnknownNames(clause, field, names)) {
    ruling->Refuse(absl::StatusCode::kInvalidArgument, "RULE_TYPE_ERROR", unknown.field,
                   unknown.what);
  }
}

void AddVersion(const v1::Clause& clause, absl::CivilDay effective_on, const Fact& fact,
                StateEdit* edit) {
  edit->Append(&edit->FindOrAdd(&edit->state().clauses, clause.clause_id()),
               ClauseVersion{fact.known, clause, effective_on});
}

// ---- ClauseSetRecorded ----

void CheckSet(const v1::ClauseSetRecorded& event, ShapeCheck* check) {
  check->Id(event.id(), "id");
  if (event.clauses().empty()) check->Refuse("FIELD_MISSING", "clauses", "there are none");
  const bool few = check->Count(event.clauses_size(), kListValuesMax, "clauses");
  std::set<absl::string_view> seen;
  for (int i = 0; few && i < event.clauses_size(); ++i) {
    const std::string field = absl::StrCat("clauses[", i, "]");
    CheckClause(event.clauses(i), field, check);
    if (!seen.insert(event.clauses(i).clause_id()).second) {
      check->Refuse("FIELD_REPEATED", field + ".clause_id", "this clause stands twice");
    }
  }
  check->Refs(event.assents(), "assents");
}

void DecideSet(const v1::ClauseSetRecorded& event, Ruling* ruling) {
  const ClauseNames names = NamesFor(*ruling);
  for (int i = 0; i < event.clauses_size(); ++i) {
    const v1::Clause& clause = event.clauses(i);
    const std::string field = absl::StrCat("clauses[", i, "]");
    RequireKnownNames(clause, field, names, ruling);
    if (ruling->state().clauses.count(clause.clause_id()) > 0) {
      ruling->Forbid(
          "VERSION_NOT_NEXT", field + ".clause_id",
          absl::StrCat("'", clause.clause_id(), "' is on record; vary it with ClauseVaried"));
    }
  }
  RequireAssents(event.assents(), ruling);
}

void EvolveSet(const v1::ClauseSetRecorded& event, const Fact& fact, StateEdit* edit) {
  const std::optional<Registration>& registration = edit->state().registration;
  const absl::CivilDay from_start = registration ? registration->starts_on : fact.known.recorded_on;
  for (const v1::Clause& clause : event.clauses()) {
    AddVersion(clause, clause.has_effective() ? RealDays(clause.effective()).first : from_start,
               fact, edit);
  }
}

// ---- ClauseVaried ----

void CheckVaried(const v1::ClauseVaried& event, ShapeCheck* check) {
  check->Id(event.clause_id(), "clause_id");
  CheckClause(event.clause(), "clause", check);
  if (event.clause().clause_id() != event.clause_id()) {
    check->Refuse("CLAUSE_ID_MISMATCH", "clause.clause_id",
                  absl::StrCat("'", event.clause().clause_id(), "', but the event varies '",
                               event.clause_id(), "'"));
  }
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  check->Text(event.instrument(), "instrument");
  check->Refs(event.assents(), "assents");
}

void DecideVaried(const v1::ClauseVaried& event, Ruling* ruling) {
  RequireKnownNames(event.clause(), "clause", NamesFor(*ruling), ruling);
  const auto place = ruling->state().clauses.find(event.clause_id());
  if (place == ruling->state().clauses.end()) {
    return ruling->NotFound("REF_UNKNOWN", "clause_id",
                            absl::StrCat("no clause '", event.clause_id(), "' is on record"));
  }
  RequireAssents(event.assents(), ruling);
  const uint32_t next = place->second.back().clause.version() + 1;
  if (event.clause().version() != next) {
    ruling->Forbid("VERSION_NOT_NEXT", "clause.version",
                   absl::StrCat(event.clause().version(), ", but the next version is ", next));
  }
}

void EvolveVaried(const v1::ClauseVaried& event, const Fact& fact, StateEdit* edit) {
  AddVersion(event.clause(), RealDay(event.effective_on()), fact, edit);
}

constexpr EventRules kRows[] = {
    RulesFor<v1::ClauseSetRecorded, CheckSet, DecideSet, EvolveSet>(
        {.roles = Roles({v1::ROLE_CM}),
         .hashed_bytes = MessageWithoutAssents<v1::ClauseSetRecorded>}),
    RulesFor<v1::ClauseVaried, CheckVaried, DecideVaried, EvolveVaried>(
        {.roles = Roles({v1::ROLE_CM}),
         .needs_reason = true,
         .hashed_bytes = MessageWithoutAssents<v1::ClauseVaried>}),
};

}  // namespace

absl::Span<const EventRules> ClauseRules() { return kRows; }

}  // namespace waymark
