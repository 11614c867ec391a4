// This header defines what a decide rule sees and says about one event: the state, who acts and
// when; what it refuses and what it flags. A rule names every violation it can tell; it changes
// nothing.
//
//   void DecideTargetSet(const v1::TargetSet& event, Ruling* ruling) {
//     ruling->CheckFocus(event.focus(), "focus");
//     if (HasTarget(ruling->state(), event.focus())) {
//       ruling->Forbid("TARGET_EXISTS", "focus", "change it with TargetChanged");
//     }
//   }
#ifndef WAYMARK_LEDGER_CONTRACT_RULING_H_
#define WAYMARK_LEDGER_CONTRACT_RULING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/repeated_field.h"
#include "ledger/contract/state.h"
#include "ledger/contract/violations.h"

namespace waymark {

// A rule lets an event stand and says what is irregular about it.
struct RaisedFlag {
  int event_index = 0;
  // Stable word, such as RETROACTIVE.
  absl::string_view flag;
  friend bool operator==(const RaisedFlag&, const RaisedFlag&) = default;
};

// Whether what an event says of the ledger's own past is so: that its explanation record is what
// was known then, computed again; that its root is the tree's. What was known at a past position
// never changes, so it is found where the request arrives and not here.
enum class Claim {
  // The type claims nothing, or nobody looked.
  kNotChecked,
  kTrue,
  kFalse,
};

// What is the same for all rules of one event.
struct RulingContext {
  const ContractState* state = nullptr;
  const v1::Common* common = nullptr;
  int event_index = 0;
  // That the event and the first one of its request will get.
  Position position;
  Position first_position;
  UnixMicros recorded_at;
  // recorded_at in the contract's time zone.
  absl::CivilDay today;
  absl::string_view principal;
  bool is_signed = false;
  // SHA-256 of the bytes that the type's traits name; all zero for other types.
  Digest digest = {};
  Claim claim = Claim::kNotChecked;
};

// Not synchronised. Whatever it was given must outlive it.
class Ruling {
 public:
  Ruling(const RulingContext& context, Violations* violations, std::vector<RaisedFlag>* flags)
      : context_(context), violations_(violations), flags_(flags) {}

  const ContractState& state() const { return *context_.state; }
  const v1::Common& common() const { return *context_.common; }
  Position position() const { return context_.position; }
  Position first_position() const { return context_.first_position; }
  absl::CivilDay today() const { return context_.today; }
  absl::string_view principal() const { return context_.principal; }
  bool is_signed() const { return context_.is_signed; }
  const Digest& digest() const { return context_.digest; }
  Claim claim() const { return context_.claim; }

  // Refusals: PermissionDenied, NotFound, FailedPrecondition, or as told.
  void Deny(absl::string_view reason, absl::string_view field, absl::string_view what);
  void NotFound(absl::string_view reason, absl::string_view field, absl::string_view what);
  void Forbid(absl::string_view reason, absl::string_view field, absl::string_view what);
  void Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view field,
              absl::string_view what);
  void Flag(absl::string_view word) { flags_->push_back({context_.event_index, word}); }

  // The policy's value in force on the recorded day.
  absl::string_view Policy(v1::PolicyKey key) const;
  int PolicyNumber(v1::PolicyKey key) const;

  // Whether the party is one of the contract's authorities on the recorded day; its provider.
  bool IsAuthority(absl::string_view party_id) const;
  bool IsProvider(absl::string_view party_id) const;

  // Position that a reference names; REF_UNKNOWN and none if no earlier event of the contract
  // stands there.
  std::optional<Position> Resolve(const v1::EventRef& ref, absl::string_view field);
  std::vector<Position> ResolveAll(const google::protobuf::RepeatedPtrField<v1::EventRef>& refs,
                                   absl::string_view field);
  // The same, of an event of one type; REF_UNKNOWN for any other.
  std::optional<Position> ResolveTo(const google::protobuf::Descriptor* type,
                                    const v1::EventRef& ref, absl::string_view field);
  // The place without a word about whether an event stands there.
  Position PlaceOf(const v1::EventRef& ref) const;

  // The matrix version that the event pins; null if it pins none that is known.
  const v1::Matrix* PinnedMatrix() const;
  // FOCUS_UNKNOWN unless the pinned version, or where none is pinned some draft, holds the focus.
  bool CheckFocus(absl::string_view code, absl::string_view field);
  // EFFECTIVE_IN_FUTURE if the day lies after the recorded one.
  void CheckNotInFuture(absl::CivilDay day, absl::string_view field);
  // PERIOD_UNFINISHED if a period's last day lies after the recorded one.
  void CheckFinished(absl::CivilDay last, absl::string_view field);
  // ROLE_NOT_ALLOWED unless the event's role is one of `roles` (see Roles of event_types.h): for
  // what a field's value asks beyond the type.
  void CheckRole(uint32_t roles, absl::string_view field, absl::string_view what);
  // CONTRACT_CLOSED if the record of the contract is closed.
  void CheckOpen();

 private:
  const RulingContext context_;
  Violations* const violations_;
  std::vector<RaisedFlag>* const flags_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_RULING_H_
