#include "ledger/contract/assents.h"

#include <algorithm>

#include "ledger/contract/parties.h"

namespace waymark {
namespace {

// Assents to the subject, whoever gave them; null if there are none.
const std::vector<Assent>* FindAssents(const ContractState& state, const Digest& subject) {
  const auto place = state.assents.find(subject);
  return place == state.assents.end() ? nullptr : &place->second;
}

// The authorities whose assent the policy asks for.
std::vector<std::string> AskedAuthorities(const Ruling& ruling) {
  const std::string& acting = ruling.common().party_id();
  const absl::string_view rule = ruling.Policy(v1::POLICY_KEY_JOINT_DECISIONS);
  if (rule == "SEPARATE" && ruling.IsAuthority(acting)) return {acting};
  std::vector<std::string> authorities =
      AuthoritiesOn(*ruling.state().registration, ruling.today());
  if (rule == "LEAD_AUTHORITY" && !authorities.empty()) authorities.resize(1);
  return authorities;
}

// All parties agreed to the subject, in events among those at `places`.
bool AllAssent(const Ruling& ruling, const Digest& subject, const std::vector<Position>& places,
               const std::vector<std::string>& parties) {
  const std::vector<Assent>* assents = FindAssents(ruling.state(), subject);
  if (assents == nullptr) return false;
  return std::all_of(parties.begin(), parties.end(), [&](const std::string& party) {
    return std::any_of(assents->begin(), assents->end(), [&](const Assent& assent) {
      return assent.assents && assent.party_id == party &&
             std::find(places.begin(), places.end(), assent.known.position) != places.end();
    });
  });
}

}  // namespace

bool AuthoritiesAssent(const Ruling& ruling, const Digest& subject,
                       const std::vector<Position>& places) {
  return AllAssent(ruling, subject, places, AskedAuthorities(ruling));
}

bool AuthoritiesAssent(const Ruling& ruling, const Digest& subject) {
  const std::vector<std::string> asked = AskedAuthorities(ruling);
  return std::all_of(asked.begin(), asked.end(), [&](const std::string& party) {
    return HasAssent(ruling.state(), subject, party);
  });
}

bool BothSidesAssent(const Ruling& ruling, const Digest& subject,
                     const std::vector<Position>& places) {
  return AuthoritiesAssent(ruling, subject, places) &&
         AllAssent(ruling, subject, places, {ruling.state().registration->provider});
}

bool HasAssent(const ContractState& state, const Digest& subject, absl::string_view party_id) {
  const std::vector<Assent>* assents = FindAssents(state, subject);
  return assents != nullptr &&
         std::any_of(assents->begin(), assents->end(), [&](const Assent& assent) {
           return assent.assents && assent.party_id == party_id;
         });
}

}  // namespace waymark
