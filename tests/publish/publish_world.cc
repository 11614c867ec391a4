#include "tests/publish/publish_world.h"

#include <gtest/gtest.h>

#include <utility>

#include "ledger/base/check.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {

merkle::PrivateKey PublishWorld::Key() {
  return merkle::PrivateKey::FromSeed(std::string(32, 'p')).value();
}

std::string PublishWorld::Vkey() {
  return merkle::FormatVkey({kSampleLedgerId, merkle::KeyType::kLog, Key().public_key()});
}

PublishWorld::PublishWorld(uint64_t seed) : sample_(seed) {
  LedgerIdentity identity = SampleIdentity();
  identity.public_key = Key().public_key();
  EXPECT_OK(EventLog::Create(data_directory(), identity));
  const merkle::Checkpoint empty{kSampleLedgerId, TreeSize{0}, merkle::EmptyRoot()};
  EXPECT_OK(Anchor::Create(anchor_directory(), merkle::SignCheckpoint(empty, Key()).value()));
  Open();
}

PublishWorld::~PublishWorld() = default;

void PublishWorld::Append(size_t events) {
  EXPECT_OK(log_->Append(sample_.Next(events)));
  head_->Publish(log_->head());
}

void PublishWorld::Close() {
  signer_.reset();
  published_.reset();
  head_.reset();
  anchor_.reset();
  log_.reset();
}

void PublishWorld::Open() {
  absl::StatusOr<std::unique_ptr<EventLog>> log =
      EventLog::Open(data_directory(), {.disk_reserve_bytes = 1});
  EXPECT_OK(log);
  WAYMARK_CHECK(log.ok());
  log_ = *std::move(log);
  anchor_ = Anchor::Open(anchor_directory(), Vkey()).value();
  head_ = std::make_unique<HeadWatch>(log_->head());
  published_ = std::make_unique<HeadWatch>(anchor_->checkpoint().size);
  signer_ = std::make_unique<Signer>(*log_, *anchor_, Key());
}

}  // namespace waymark::test
