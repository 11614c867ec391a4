#include "ledger/service/rebuild_stream.h"

#include <utility>

#include "ledger/base/limits.h"
#include "ledger/service/message_codec.h"

namespace waymark {

void RebuildStream::Report(absl::StatusOr<v1::RebuildProjectionReply> progress) {
  {
    absl::MutexLock lock(&news_mutex_);
    if (over_) return;
    over_ = !progress.ok() || progress->flipped();
    news_ = std::move(progress);
  }
  Wake();
}

TurnResult RebuildStream::TakeTurn() {
  absl::MutexLock lock(&news_mutex_);
  if (news_.has_value()) {
    const absl::StatusOr<v1::RebuildProjectionReply> news = *std::move(news_);
    news_.reset();
    if (!news.ok()) return EndStream{news.status()};
    return SendMessage{ToBytes(*news), ""};
  }
  if (over_) return EndStream{absl::OkStatus()};
  return WaitFor{nullptr, TreeSize{}, absl::Seconds(kHeartbeatSecondsMax)};
}

}  // namespace waymark
