// This header defines whether an act has the assents that it needs. An assent names its subject by
// digest; the act names the assents by reference, and which subject they must have:
//
//   the act itself       the digest of the event's message without the field that names its assents
//                        (MessageWithoutAssents, as the type's hashed_bytes)
//   a document it cites  the digest of the document's bytes
//
//   if (!BothSidesAssent(*ruling, ruling->digest(), places)) ruling->Forbid("ASSENT_MISSING", ...);
//
// Both can be had with public tools: `protoc --encode=waymark.v1.PolicySet … | sha256sum`, and
// `sha256sum FILE`. Pure.
#ifndef WAYMARK_LEDGER_CONTRACT_ASSENTS_H_
#define WAYMARK_LEDGER_CONTRACT_ASSENTS_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "ledger/contract/ruling.h"

namespace waymark {

// The side of the authorities agreed to the subject, in events among those at `places`: by the
// policy joint_decisions each of today's authorities, the lead one (named first at registration),
// or the one that acts.
bool AuthoritiesAssent(const Ruling& ruling, const Digest& subject,
                       const std::vector<Position>& places);

// The same in events wherever they stand: of an act that names no assents.
bool AuthoritiesAssent(const Ruling& ruling, const Digest& subject);

// The authorities' side, and the provider.
bool BothSidesAssent(const Ruling& ruling, const Digest& subject,
                     const std::vector<Position>& places);

// Whether the party agreed to the subject, wherever that stands.
bool HasAssent(const ContractState& state, const Digest& subject, absl::string_view party_id);

// What both sides agree to before the event is recorded. For EventTraits::hashed_bytes; messages
// without a map, so that serialising gives one result.
template <typename M>
std::string MessageWithoutAssents(const google::protobuf::Message& message) {
  M bare = static_cast<const M&>(message);
  bare.clear_assents();
  return bare.SerializeAsString();
}

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_ASSENTS_H_
