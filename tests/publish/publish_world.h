// This header defines the ledger that is published in tests: commits come from the storage tests'
// sample, so that no rule stands in the way, and everything lies in a directory of its own.
//
//   PublishWorld world;
//   world.Append(300);
//   ASSERT_OK_AND_ASSIGN(auto released, world.signer().SignHead());
#ifndef WAYMARK_TESTS_PUBLISH_PUBLISH_WORLD_H_
#define WAYMARK_TESTS_PUBLISH_PUBLISH_WORLD_H_

#include <memory>
#include <string>

#include "ledger/merkle/ed25519.h"
#include "ledger/publish/anchor.h"
#include "ledger/publish/publisher.h"
#include "ledger/storage/event_log.h"
#include "ledger/storage/head_watch.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/temp_dir.h"

namespace waymark::test {

class PublishWorld {
 public:
  explicit PublishWorld(uint64_t seed = 1);
  ~PublishWorld();

  static merkle::PrivateKey Key();
  static std::string Vkey();

  // One commit of about so many events; the head's watchers are told.
  void Append(size_t events);

  // Closes the log and the anchor, and opens what lies there.
  void Close();
  void Open();

  EventLog& log() { return *log_; }
  Anchor& anchor() { return *anchor_; }
  HeadWatch& head() { return *head_; }
  HeadWatch& published() { return *published_; }
  Signer& signer() { return *signer_; }
  const SampleLedger& sample() const { return sample_; }
  std::string data_directory() const { return temp_.path() + "/data"; }
  std::string anchor_directory() const { return temp_.path() + "/anchor"; }

 private:
  TempDir temp_;
  SampleLedger sample_;
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Anchor> anchor_;
  std::unique_ptr<HeadWatch> head_;
  std::unique_ptr<HeadWatch> published_;
  std::unique_ptr<Signer> signer_;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PUBLISH_PUBLISH_WORLD_H_
