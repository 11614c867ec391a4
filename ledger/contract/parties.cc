#include "ledger/contract/parties.h"

#include <algorithm>

namespace waymark {
namespace {

template <typename Texts>
bool Holds(const Texts& texts, absl::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

bool IsAuthorityOn(const Registration& registration, absl::string_view party_id,
                   absl::CivilDay day) {
  const AuthorityChange* newest = nullptr;
  for (const AuthorityChange& change : registration.authority_changes) {
    if (change.party_id != party_id || change.effective_on > day) continue;
    if (newest == nullptr || change.effective_on >= newest->effective_on) newest = &change;
  }
  return newest != nullptr ? newest->joins : Holds(registration.authorities, party_id);
}

std::vector<std::string> AuthoritiesOn(const Registration& registration, absl::CivilDay day) {
  std::vector<std::string> authorities;
  const auto add = [&](const std::string& party_id) {
    if (Holds(authorities, party_id) || !IsAuthorityOn(registration, party_id, day)) return;
    authorities.push_back(party_id);
  };
  for (const std::string& party_id : registration.authorities) add(party_id);
  for (const AuthorityChange& change : registration.authority_changes) add(change.party_id);
  return authorities;
}

}  // namespace waymark
