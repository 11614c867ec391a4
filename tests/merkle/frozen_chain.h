// This header defines Waymark's own frozen chain: one signed request of two events, and every byte
// that follows from it up to the signed checkpoint. The keys are those of RFC 8032 section 7.1,
// TEST 1 for the author and TEST 2 for the ledger: for tests only. A change of any byte here is a
// change of format and needs a new name.
#ifndef WAYMARK_TESTS_MERKLE_FROZEN_CHAIN_H_
#define WAYMARK_TESTS_MERKLE_FROZEN_CHAIN_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/compact_tree.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "tests/merkle/vectors.h"

namespace waymark::merkle::test {

inline PrivateKey AuthorKey() {
  return PrivateKey::FromSeed(
             Hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
      .value();
}
inline PrivateKey LedgerKey() {
  return PrivateKey::FromSeed(
             Hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
      .value();
}

// The chain as Waymark builds it.
struct Chain {
  std::string salts[2];
  std::string payloads[2] = {"hello world", ""};
  Statement statement;
  std::string statement_bytes;
  std::string signature;
  EntryHeader headers[2];
  CompactTree tree;
  std::string vkey;
  // Of sizes 0 and 2.
  std::string empty_checkpoint;
  std::string checkpoint;
};

inline Chain BuildChain() {
  Chain chain;
  for (int i = 0; i < 64; ++i) chain.salts[i / 32].push_back(static_cast<char>(i));
  chain.statement = {"example.com/waymark", "C-1", "req-1", "provider-1", {}};
  for (int i = 0; i < 2; ++i) {
    chain.statement.commitments.push_back(PayloadCommitment(chain.salts[i], chain.payloads[i]));
  }
  chain.statement_bytes = EncodeStatement(chain.statement);
  chain.signature = AuthorKey().Sign(StatementPae(chain.statement_bytes));
  const std::string origin = chain.statement.ledger;
  chain.empty_checkpoint = SignCheckpoint({origin, TreeSize{0}, EmptyRoot()}, LedgerKey()).value();
  const char* const types[2] = {"waymark.v1.EvidenceSubmitted",
                                "waymark.v1.SelfAssessmentSubmitted"};
  for (uint32_t i = 0; i < 2; ++i) {
    // 2026-01-01T00:00:00Z.
    chain.headers[i] = {Position{i},
                        UnixMicros{1767225600000000},
                        "C-1",
                        Revision{i},
                        types[i],
                        std::string(BytesOf(AuthorKeyId(AuthorKey().public_key()))),
                        StatementDigest(chain.statement_bytes, chain.signature),
                        i,
                        chain.statement.commitments[i]};
    chain.tree.Append(LeafHash(EncodeEntryHeader(chain.headers[i])));
  }
  chain.checkpoint =
      SignCheckpoint({origin, chain.tree.size(), chain.tree.Root()}, LedgerKey()).value();
  chain.vkey = FormatVkey({origin, KeyType::kLog, LedgerKey().public_key()});
  return chain;
}

}  // namespace waymark::merkle::test

#endif  // WAYMARK_TESTS_MERKLE_FROZEN_CHAIN_H_
