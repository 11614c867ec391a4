#include "ledger/service/export_stream.h"

#include "ledger/base/limits.h"
#include "ledger/service/message_codec.h"

namespace waymark {

void ExportStream::Deliver(absl::StatusOr<ExportedDocument> document) {
  {
    absl::MutexLock lock(&document_mutex_);
    document_ = std::move(document);
  }
  Wake();
}

TurnResult ExportStream::TakeTurn() {
  absl::MutexLock lock(&document_mutex_);
  if (!document_) return WaitFor{nullptr, TreeSize{}, absl::Seconds(kHeartbeatSecondsMax)};
  if (!document_->ok()) return EndStream{document_->status()};
  const ExportedDocument& document = **document_;
  if (sent_ > 0 && sent_ == document.content.size()) return EndStream{absl::OkStatus()};
  v1::ExportPiece piece;
  if (sent_ == 0) *piece.mutable_head() = document.head;
  piece.set_content(document.content.substr(sent_, kExportPieceBytes));
  sent_ += piece.content().size();
  return SendMessage{ToBytes(piece), ""};
}

}  // namespace waymark
