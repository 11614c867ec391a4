// This header defines the stream of one RebuildProjection: how far the build has come, newest news
// only. A caller who goes away does not stop the build.
#ifndef WAYMARK_LEDGER_SERVICE_REBUILD_STREAM_H_
#define WAYMARK_LEDGER_SERVICE_REBUILD_STREAM_H_

#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "ledger/service/pull_stream.h"
#include "waymark/v1/admin.pb.h"

namespace waymark {

class RebuildStream : public PullStream {
 public:
  using PullStream::PullStream;

  // The build has come further, has flipped or has failed. From any thread; does not block.
  void Report(absl::StatusOr<v1::RebuildProjectionReply> progress);

 private:
  TurnResult TakeTurn() override;

  absl::Mutex news_mutex_;
  // Not sent yet. A slow caller misses steps, never the end.
  std::optional<absl::StatusOr<v1::RebuildProjectionReply>> news_ ABSL_GUARDED_BY(news_mutex_);
  bool over_ ABSL_GUARDED_BY(news_mutex_) = false;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_SERVICE_REBUILD_STREAM_H_
