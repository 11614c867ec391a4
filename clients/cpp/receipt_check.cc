#include "clients/cpp/receipt_check.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/statement.h"
#include "ledger/merkle/tlog_proof.h"

namespace waymark {
namespace {

absl::Status Mismatch(absl::string_view what, int index = -1) {
  return Refuse(
      {absl::StatusCode::kDataLoss, "RECEIPT_MISMATCH",
       absl::StrCat("the receipt's ", what, " is not what was sent; keep request and receipt"),
       index});
}

}  // namespace

absl::Status CheckReceipt(absl::string_view ledger, const v1::AppendRequest& request,
                          const v1::Receipt& receipt, const merkle::VerifierKey& key) {
  const v1::ReceiptFixed& fixed = receipt.fixed();
  if (fixed.ledger() != ledger) return Mismatch("ledger");
  if (fixed.request_id() != request.request_id()) return Mismatch("request_id");
  if (fixed.contract_id() != request.contract_id()) return Mismatch("contract_id");
  if (fixed.events_size() != request.events_size()) return Mismatch("number of events");
  ASSIGN_OR_RETURN(const std::string statement, StatementOf(ledger, request));
  const Digest digest = merkle::StatementDigest(statement, request.signature());
  const uint64_t micros = static_cast<uint64_t>(fixed.recorded_at().seconds()) * 1000000 +
                          static_cast<uint64_t>(fixed.recorded_at().nanos()) / 1000;
  for (int i = 0; i < request.events_size(); ++i) {
    const v1::EventPlace& place = fixed.events(i);
    if (i > 0 && (place.position() != fixed.events(0).position() + i ||
                  place.revision() != fixed.events(0).revision() + i)) {
      return Mismatch("run of positions", i);
    }
    if (place.position() >= fixed.head()) return Mismatch("head", i);
    const std::string header = merkle::EncodeEntryHeader(merkle::EntryHeader{
        Position{place.position()}, UnixMicros{micros}, request.contract_id(),
        Revision{place.revision()}, request.events(i).event_type(), request.author_key_id(), digest,
        static_cast<uint32_t>(i),
        merkle::PayloadCommitment(request.events(i).salt(), request.events(i).payload())});
    const Digest leaf = merkle::LeafHash(header);
    if (place.leaf_hash() != merkle::BytesOf(leaf)) return Mismatch("leaf hash", i);
    if (receipt.tlog_proofs_size() == 0) continue;
    if (receipt.tlog_proofs_size() != request.events_size()) return Mismatch("number of proofs");
    RETURN_IF_ERROR(merkle::VerifyTlogProof(receipt.tlog_proofs(i), header, key).status());
  }
  return absl::OkStatus();
}

}  // namespace waymark
