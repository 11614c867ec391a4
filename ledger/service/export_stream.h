// This header defines the stream of one Export: the document is made on a question thread, then
// goes out piece by piece as the caller takes it.
//
//   auto stream = std::make_shared<ExportStream>(workshop, context, slot);
//   ... StartStream(workshop, stream) ...
//   stream->Deliver(make_export(request, now));      // from any thread, once
#ifndef WAYMARK_LEDGER_SERVICE_EXPORT_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_EXPORT_STREAM_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/service/pull_stream.h"
#include "waymark/v1/report.pb.h"

namespace waymark {

inline constexpr size_t kExportPieceBytes = 256 << 10;
// Documents that wait to be taken, each whole in memory.
inline constexpr int kExportsOpenMax = 8;

struct ExportedDocument {
  v1::ExportHead head;
  std::string content;
};

class ExportStream : public PullStream {
 public:
  // `slot` is let go with the stream: whoever counts open exports counts by it.
  ExportStream(Workshop& workshop, grpc::CallbackServerContext* context, std::shared_ptr<void> slot)
      : PullStream(workshop, context), slot_(std::move(slot)) {}

  // The document, or why there is none. From any thread; does not block.
  void Deliver(absl::StatusOr<ExportedDocument> document);

 private:
  TurnResult TakeTurn() override;

  const std::shared_ptr<void> slot_;
  absl::Mutex document_mutex_;
  std::optional<absl::StatusOr<ExportedDocument>> document_ ABSL_GUARDED_BY(document_mutex_);
  // Only turns touch it.
  size_t sent_ = 0;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_EXPORT_STREAM_H_
