// This header defines what a client checks of a receipt, with nothing but its own request and the
// verifier key that it was given on paper.
#ifndef WAYMARK_CLIENTS_CPP_RECEIPT_CHECK_H_
#define WAYMARK_CLIENTS_CPP_RECEIPT_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/merkle/note_key.h"
#include "waymark/v1/ledger.pb.h"
#include "waymark/v1/proof.pb.h"

namespace waymark {

// Rebuilds every leaf from the request and the receipt's numbers and compares; where the receipt
// has proofs, verifies them under `key`. `ledger` is the id that the client was given. DataLoss
// RECEIPT_MISMATCH naming what differs, INCLUSION_FAILED, or the errors of VerifyTlogProof.
// REQUIRES: the request carries its salts.
absl::Status CheckReceipt(absl::string_view ledger, const v1::AppendRequest& request,
                          const v1::Receipt& receipt, const merkle::VerifierKey& key);

}  // namespace waymark

#endif  // WAYMARK_CLIENTS_CPP_RECEIPT_CHECK_H_
