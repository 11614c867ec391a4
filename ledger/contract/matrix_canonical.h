// This header defines the canonical bytes of a matrix, whose SHA-256 is the hash of the version:
//
//   const Digest version = Sha256(CanonicalMatrix(matrix));
#ifndef WAYMARK_LEDGER_CONTRACT_MATRIX_CANONICAL_H_
#define WAYMARK_LEDGER_CONTRACT_MATRIX_CANONICAL_H_

#include <string>

#include "waymark/v1/matrix.pb.h"

namespace waymark {

// Every field of the matrix, written in one way only (grammar in the .cc): the same matrix gives
// the same bytes on any machine and with any version of any library. Set `version_id` and `source`
// first: they count. Unknown fields do not; who takes a matrix from outside refuses them.
std::string CanonicalMatrix(const v1::Matrix& matrix);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_MATRIX_CANONICAL_H_
