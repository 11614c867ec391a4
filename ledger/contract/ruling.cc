#include "ledger/contract/ruling.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/parties.h"
#include "ledger/contract/policy.h"

namespace waymark {

void Ruling::Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view field,
                    absl::string_view what) {
  violations_->Add({code, std::string(reason), absl::StrCat(field, ": ", what),
                    context_.event_index, std::string(field)});
}

void Ruling::Deny(absl::string_view reason, absl::string_view field, absl::string_view what) {
  Refuse(absl::StatusCode::kPermissionDenied, reason, field, what);
}

void Ruling::NotFound(absl::string_view reason, absl::string_view field, absl::string_view what) {
  Refuse(absl::StatusCode::kNotFound, reason, field, what);
}

void Ruling::Forbid(absl::string_view reason, absl::string_view field, absl::string_view what) {
  Refuse(absl::StatusCode::kFailedPrecondition, reason, field, what);
}

absl::string_view Ruling::Policy(v1::PolicyKey key) const {
  return PolicyText(state(), key, today(), position());
}

int Ruling::PolicyNumber(v1::PolicyKey key) const {
  return waymark::PolicyNumber(state(), key, today(), position());
}

bool Ruling::IsAuthority(absl::string_view party_id) const {
  return state().registration && IsAuthorityOn(*state().registration, party_id, today());
}

bool Ruling::IsProvider(absl::string_view party_id) const {
  return state().registration && state().registration->provider == party_id;
}

Position Ruling::PlaceOf(const v1::EventRef& ref) const {
  return ref.has_index() ? Position{first_position().value + ref.index()}
                         : Position{ref.position()};
}

std::optional<Position> Ruling::Resolve(const v1::EventRef& ref, absl::string_view field) {
  const Position place = PlaceOf(ref);
  if (FindEvent(state(), place) != nullptr) return place;
  NotFound("REF_UNKNOWN", field,
           ref.has_index()
               ? absl::StrCat("no event before this one in the request has index ", ref.index())
               : absl::StrCat("this contract has no event at position ", place.value));
  return std::nullopt;
}

std::optional<Position> Ruling::ResolveTo(const google::protobuf::Descriptor* type,
                                          const v1::EventRef& ref, absl::string_view field) {
  const auto place = Resolve(ref, field);
  if (!place || FindEvent(state(), *place)->type == type) return place;
  NotFound("REF_UNKNOWN", field,
           absl::StrCat("position ", place->value, " holds no ", type->name()));
  return std::nullopt;
}

std::vector<Position> Ruling::ResolveAll(
    const google::protobuf::RepeatedPtrField<v1::EventRef>& refs, absl::string_view field) {
  std::vector<Position> places;
  for (int i = 0; i < refs.size(); ++i) {
    const auto place = Resolve(refs[i], absl::StrCat(field, "[", i, "]"));
    if (place) places.push_back(*place);
  }
  return places;
}

const v1::Matrix* Ruling::PinnedMatrix() const {
  return common().has_matrix_version() ? FindMatrix(state(), common().matrix_version()) : nullptr;
}

bool Ruling::CheckFocus(absl::string_view code, absl::string_view field) {
  if (common().has_matrix_version()) {
    const v1::Matrix* matrix = PinnedMatrix();
    // A version that is not known is refused for itself.
    if (matrix == nullptr || FindFocus(*matrix, code) != nullptr) return true;
  } else if (state().focus_codes.count(std::string(code)) > 0) {
    return true;
  }
  NotFound("FOCUS_UNKNOWN", field, absl::StrCat("the matrix has no focus '", code, "'"));
  return false;
}

void Ruling::CheckNotInFuture(absl::CivilDay day, absl::string_view field) {
  if (day <= today()) return;
  Forbid("EFFECTIVE_IN_FUTURE", field,
         absl::StrCat(FormatDay(day), " lies after the recorded day, ", FormatDay(today())));
}

void Ruling::CheckFinished(absl::CivilDay last, absl::string_view field) {
  if (last <= today()) return;
  Forbid("PERIOD_UNFINISHED", field,
         absl::StrCat(FormatDay(last), " lies after the recorded day, ", FormatDay(today())));
}

void Ruling::CheckRole(uint32_t roles, absl::string_view field, absl::string_view what) {
  if (roles & (uint32_t{1} << common().role())) return;
  Deny("ROLE_NOT_ALLOWED", field, what);
}

void Ruling::CheckOpen() {
  const auto& endings = state().endings;
  const bool closed = std::any_of(endings.begin(), endings.end(), [&](const Ending& ending) {
    return ending.cause == v1::END_CAUSE_CLOSED && ending.effective_on <= today();
  });
  if (closed) Forbid("CONTRACT_CLOSED", "contract_id", "the record of this contract is closed");
}

}  // namespace waymark
