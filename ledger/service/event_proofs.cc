#include "ledger/service/event_proofs.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tlog_proof.h"

namespace waymark {

absl::StatusOr<std::vector<std::string>> TlogProofsOf(absl::Span<const Position> positions,
                                                      const Released& released,
                                                      const EventLog& log) {
  absl::flat_hash_map<std::pair<int, uint64_t>, Digest> read;
  const auto node = [&](int level, uint64_t index) -> absl::StatusOr<Digest> {
    const auto found = read.find({level, index});
    if (found != read.end()) return found->second;
    ASSIGN_OR_RETURN(const Digest hash, log.Node(level, index));
    read.emplace(std::make_pair(level, index), hash);
    return hash;
  };
  std::vector<std::string> proofs;
  proofs.reserve(positions.size());
  for (const Position position : positions) {
    merkle::TlogProof proof;
    proof.index = position;
    ASSIGN_OR_RETURN(proof.hashes,
                     merkle::ProveInclusion(position, released.checkpoint.size, node));
    proof.checkpoint = released.note;
    proofs.push_back(merkle::FormatTlogProof(proof));
  }
  return proofs;
}

}  // namespace waymark
