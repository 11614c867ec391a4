// This header defines the registry of event types: which are declared, and which have rules. A type
// is declared by its message in event.proto, which starts with `Common common = 1`. It gets rules
// by one row in its family's file, which names three functions: what must hold of the message
// alone, what the state must allow, what it adds to the state.
//
//   // rules_dispute.cc
//   constexpr EventRules kRows[] = {
//       RulesFor<v1::DisputeNotified, CheckNotified, DecideNotified, EvolveNotified>(
//           {.roles = Roles({v1::ROLE_CM, v1::ROLE_PRL}), .after_close = true}),
//   };
#ifndef WAYMARK_LEDGER_CONTRACT_EVENT_TYPES_H_
#define WAYMARK_LEDGER_CONTRACT_EVENT_TYPES_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "ledger/contract/ruling.h"
#include "ledger/contract/shape_check.h"
#include "ledger/contract/state_edit.h"

namespace waymark {

// The stream of events that concern the whole ledger.
inline constexpr absl::string_view kLedgerStream = "_ledger";

// A set of roles, one bit each.
constexpr uint32_t Roles(std::initializer_list<v1::Role> roles) {
  uint32_t set = 0;
  for (const v1::Role role : roles) set |= uint32_t{1} << role;
  return set;
}

// Where the catalogue says "either party": those who speak for one.
inline constexpr uint32_t kEitherPartyRoles =
    Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_DEC, v1::ROLE_OFA, v1::ROLE_PRL, v1::ROLE_PRD});

// Who reads a contract's record and may write beside it; an administrator and a stakeholder may
// not.
inline constexpr uint32_t kReaderRoles =
    Roles({v1::ROLE_CM, v1::ROLE_SM, v1::ROLE_ASR, v1::ROLE_MOD, v1::ROLE_BRD, v1::ROLE_SEC,
           v1::ROLE_DEC, v1::ROLE_OFA, v1::ROLE_PRL, v1::ROLE_PRD, v1::ROLE_AUD, v1::ROLE_ADJ,
           v1::ROLE_REG, v1::ROLE_REC, v1::ROLE_SUB});

// What the catalogue says of a type beside its fields.
struct EventTraits {
  // Roles that may record it.
  uint32_t roles = 0;
  // Only the provider may record it; anybody else is refused NOT_PROVIDER, whatever the role.
  bool provider_only = false;
  // Only an authority may; anybody else who sits for a party is refused NOT_AUTHORITY.
  bool authority_only = false;
  // REASON_MISSING without Common.reason.
  bool needs_reason = false;
  // FIELD_MISSING without Common.matrix_version, which must be an adopted one; without
  // Common.governance.
  bool needs_matrix_version = false;
  bool needs_governance = false;
  // Taken after the record of the contract is closed.
  bool after_close = false;
  // First event of a contract's stream: there is no registration yet.
  bool starts_stream = false;
  // Belongs in the ledger's own stream and nowhere else.
  bool ledger_stream = false;
  // Power that a delegation has to hold for the act; types without one are never done under one.
  v1::Power power = v1::POWER_UNSPECIFIED;
  // Bytes whose SHA-256 the type's rules need; null for most types.
  std::string (*hashed_bytes)(const google::protobuf::Message&) = nullptr;
};

// One type's rules.
struct EventRules {
  const google::protobuf::Descriptor* (*descriptor)() = nullptr;
  EventTraits traits = {};
  const v1::Common& (*common)(const google::protobuf::Message&) = nullptr;
  void (*check)(const google::protobuf::Message&, ShapeCheck*) = nullptr;
  void (*decide)(const google::protobuf::Message&, Ruling*) = nullptr;
  void (*evolve)(const google::protobuf::Message&, const Fact&, StateEdit*) = nullptr;
};

template <typename M, void (*kCheck)(const M&, ShapeCheck*), void (*kDecide)(const M&, Ruling*),
          void (*kEvolve)(const M&, const Fact&, StateEdit*)>
constexpr EventRules RulesFor(EventTraits traits) {
  using google::protobuf::Message;
  return {M::descriptor,
          traits,
          [](const Message& message) -> const v1::Common& {
            return static_cast<const M&>(message).common();
          },
          [](const Message& message, ShapeCheck* check) {
            kCheck(static_cast<const M&>(message), check);
          },
          [](const Message& message, Ruling* ruling) {
            kDecide(static_cast<const M&>(message), ruling);
          },
          [](const Message& message, const Fact& fact, StateEdit* edit) {
            kEvolve(static_cast<const M&>(message), fact, edit);
          }};
}

// A declared type.
struct EventType {
  // Full name, such as "waymark.v1.LevelDetermined".
  std::string name;
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::Message* prototype = nullptr;
  // Null while it has none: such events are refused, not stored unread.
  const EventRules* rules = nullptr;
};

// Null for a type that is not declared. Safe from any thread.
const EventType* FindEventType(absl::string_view full_name);

// All declared types, in the order of event.proto.
const std::vector<EventType>& AllEventTypes();

// The families' rows.
absl::Span<const EventRules> PartyRules();
absl::Span<const EventRules> GovernanceRules();
absl::Span<const EventRules> PersonRules();
absl::Span<const EventRules> MatrixRules();
absl::Span<const EventRules> TargetRules();
absl::Span<const EventRules> PlanRules();
absl::Span<const EventRules> EvidenceRules();
absl::Span<const EventRules> ProviderRules();
absl::Span<const EventRules> AssessmentRules();
absl::Span<const EventRules> DeterminationRules();
absl::Span<const EventRules> CorrectionRules();
absl::Span<const EventRules> BoardRules();
absl::Span<const EventRules> ImprovementRules();
absl::Span<const EventRules> DisputeRules();
absl::Span<const EventRules> AdjudicationRules();
absl::Span<const EventRules> RecordRules();
absl::Span<const EventRules> ClauseRules();
absl::Span<const EventRules> DecisionRules();
absl::Span<const EventRules> ReviewRules();
absl::Span<const EventRules> ExtensionRules();
absl::Span<const EventRules> ErasureRules();

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_EVENT_TYPES_H_
