#include "projections/maturity/question.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/shape_check.h"
#include "ledger/contract/target_status.h"
#include "projections/maturity/answer_words.h"

namespace waymark::maturity {
namespace {

absl::Status Invalid(absl::string_view reason, absl::string_view field, absl::string_view what) {
  return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason),
                 absl::StrCat(field, ": ", what), -1, std::string(field)});
}

absl::Status CheckDay(bool present, const v1::Date& date, absl::string_view field) {
  if (!present || DayOf(date)) return absl::OkStatus();
  return Invalid("DATE_INVALID", field,
                 absl::StrCat(date.year(), "-", date.month(), "-", date.day(), " is not a day"));
}

absl::Status OutOfRange(absl::string_view reason, absl::string_view field, std::string what,
                        std::vector<std::pair<std::string, std::string>> metadata) {
  return Refuse({absl::StatusCode::kOutOfRange, std::string(reason),
                 absl::StrCat(field, ": ", what), -1, std::string(field), std::move(metadata)});
}

// End of the day or the instant that known_at names; none where it names neither.
std::optional<UnixMicros> MomentOf(const v1::KnownAt& known_at, const absl::TimeZone& zone) {
  if (known_at.has_day()) return EndOfDay(zone, RealDay(known_at.day()));
  if (!known_at.has_instant() || known_at.instant().seconds() < 0) return std::nullopt;
  return UnixMicros{static_cast<uint64_t>(known_at.instant().seconds()) * 1000000 +
                    static_cast<uint64_t>(known_at.instant().nanos()) / 1000};
}

// What the question asks to be known, whether or not it is applied yet.
absl::StatusOr<TreeSize> AskedKnown(const v1::Question& question, const ViewedContract& contract,
                                    const EventLog& log, UnixMicros now) {
  const v1::KnownAt& known_at = question.known_at();
  if (known_at.has_position()) {
    if (const uint64_t head = log.head().value; known_at.position() >= head) {
      return OutOfRange("KNOWN_AT_BEYOND_HEAD", "known_at",
                        absl::StrCat(known_at.position(), ", the ledger has ", head,
                                     " events; ask for a position below that"),
                        {{"head", absl::StrCat(head)}});
    }
    return SizeThrough(Position{known_at.position()});
  }
  if (known_at.at_case() == v1::KnownAt::AT_NOT_SET) return contract.applied;
  const std::optional<UnixMicros> moment = MomentOf(known_at, contract.state.time_zone);
  if (!moment) return TreeSize{0};
  ASSIGN_OR_RETURN(const TreeSize recorded,
                   log.FirstRecordedAtOrAfter(UnixMicros{moment->value + 1}));
  const bool enough =
      question.has_min_position() && question.min_position() < contract.applied.value;
  return *moment >= now && enough ? std::min(recorded, contract.applied) : recorded;
}

}  // namespace

absl::Status CheckQuestion(const v1::Question& question) {
  const size_t size = question.contract_id().size();
  if (size == 0) return Invalid("FIELD_MISSING", "contract_id", "name a contract");
  if (size > kContractIdBytesMax) {
    return Invalid("FIELD_TOO_LONG", "contract_id",
                   absl::StrCat(size, " bytes, at most ", kContractIdBytesMax));
  }
  RETURN_IF_ERROR(CheckDay(question.has_as_of(), question.as_of(), "as_of"));
  const v1::KnownAt& known_at = question.known_at();
  RETURN_IF_ERROR(CheckDay(known_at.has_day(), known_at.day(), "known_at.day"));
  // The range of google.protobuf.Timestamp ends with the year 9999.
  constexpr int64_t kSecondsMax = 253402300799;
  if (known_at.has_instant() &&
      (known_at.instant().nanos() < 0 || known_at.instant().nanos() > 999999999 ||
       known_at.instant().seconds() > kSecondsMax)) {
    return Invalid("INSTANT_INVALID", "known_at.instant", "not a time stamp");
  }
  return absl::OkStatus();
}

absl::StatusOr<Settled> Settle(const v1::Question& question, const ViewedContract& contract,
                               const EventLog& log, UnixMicros now) {
  const absl::CivilDay today = CivilDayIn(contract.state.time_zone, now);
  Settled settled;
  settled.as_of = question.has_as_of() ? RealDay(question.as_of()) : today;
  if (settled.as_of > today) {
    return OutOfRange("AS_OF_IN_FUTURE", "as_of",
                      absl::StrCat(FormatDay(settled.as_of), " lies after ", FormatDay(today),
                                   ", today in ", contract.state.registration->time_zone_name),
                      {{"today", FormatDay(today)}});
  }
  ASSIGN_OR_RETURN(settled.known, AskedKnown(question, contract, log, now));
  if (settled.known > contract.applied) {
    Violation behind{absl::StatusCode::kUnavailable, "PROJECTION_BEHIND",
                     absl::StrCat("known_at: needs ", settled.known.value, " events, ",
                                  contract.applied.value, " are applied; ask again later"),
                     -1, "known_at"};
    behind.metadata = {{"applied", absl::StrCat(contract.applied.value)},
                       {"needed", absl::StrCat(settled.known.value)}};
    return Refuse(behind);
  }
  return settled;
}

absl::StatusOr<Settled> WithoutHindsight(Settled settled, const ViewedContract& contract,
                                         const EventLog& log) {
  const UnixMicros end = EndOfDay(contract.state.time_zone, settled.as_of);
  ASSIGN_OR_RETURN(const TreeSize recorded, log.FirstRecordedAtOrAfter(UnixMicros{end.value + 1}));
  settled.known = std::min(settled.known, recorded);
  return settled;
}

absl::Status CheckFocus(const ContractState& state, const std::string& focus) {
  if (state.focus_codes.contains(focus)) return absl::OkStatus();
  return Refuse(
      {absl::StatusCode::kNotFound, "FOCUS_UNKNOWN",
       absl::StrCat("focus: no matrix of contract ", state.contract_id, " has \"", focus, "\""), -1,
       "focus"});
}

absl::Status CheckClause(const ContractState& state, const std::string& clause_id,
                         const Settled& at) {
  if (FindClause(state, clause_id, at.as_of, Knowledge{at.known}) != nullptr) {
    return absl::OkStatus();
  }
  return Refuse({absl::StatusCode::kNotFound, "CLAUSE_UNKNOWN",
                 absl::StrCat("clause_id: no clause \"", clause_id, "\" is known"), -1,
                 "clause_id"});
}

void SetMoment(const Settled& settled, const ContractState& state, v1::Basis* basis) {
  SetDay(settled.as_of, basis->mutable_as_of());
  basis->set_known(settled.known.value);
  basis->clear_matrix_version();
  const MatrixDraft* const version = VersionInForce(state, settled.as_of, Knowledge{settled.known});
  if (version != nullptr) basis->set_matrix_version(version->version_hash);
}

void SetBasis(const Settled& settled, const ViewedContract& contract, const View& view,
              const LedgerIdentity& ledger, v1::Basis* basis) {
  basis->set_ledger(ledger.ledger_id);
  basis->set_rehearsal(ledger.rehearsal);
  basis->set_contract_id(contract.state.contract_id);
  SetMoment(settled, contract.state, basis);
  basis->set_applied(contract.applied.value);
  basis->set_projection(absl::StrCat(view.projection(), "/", view.version()));
  basis->set_time_zone(contract.state.registration->time_zone_name);
}

}  // namespace waymark::maturity
