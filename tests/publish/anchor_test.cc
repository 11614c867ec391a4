#include "ledger/publish/anchor.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/merkle/ed25519.h"
#include "ledger/merkle/hash.h"
#include "ledger/merkle/note_key.h"
#include "ledger/publish/released_file.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark {
namespace {

constexpr char kOrigin[] = "example.com/anchor";

merkle::PrivateKey Key(char seed = 'k') {
  return merkle::PrivateKey::FromSeed(std::string(32, seed)).value();
}
std::string Vkey(const std::string& origin = kOrigin, char seed = 'k') {
  return merkle::FormatVkey({origin, merkle::KeyType::kLog, Key(seed).public_key()});
}
// A checkpoint whose root depends on its size, and on `history` for those who tell two stories.
merkle::Checkpoint At(uint64_t size, const std::string& history = "") {
  return {kOrigin, TreeSize{size}, merkle::Sha256(absl::StrCat(history, size))};
}
std::string NoteOf(const merkle::Checkpoint& checkpoint, char seed = 'k') {
  return merkle::SignCheckpoint(checkpoint, Key(seed)).value();
}
std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class AnchorTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(Anchor::Create(directory_, NoteOf(At(0)))); }

  absl::StatusOr<std::unique_ptr<Anchor>> Open() { return Anchor::Open(directory_, Vkey()); }
  // With the checkpoints of these sizes released.
  std::unique_ptr<Anchor> OpenAfter(const std::vector<uint64_t>& sizes) {
    std::unique_ptr<Anchor> anchor = Open().value();
    for (const uint64_t size : sizes) EXPECT_OK(anchor->Replace(At(size), NoteOf(At(size))));
    return anchor;
  }
  std::string path(const std::string& name) const { return absl::StrCat(directory_, "/", name); }

  test::TempDir temp_;
  const std::string directory_ = absl::StrCat(temp_.path(), "/anchor");
};

TEST_F(AnchorTest, BeginsWithTheEmptyTree) {
  ASSERT_OK_AND_ASSIGN(const auto anchor, Open());
  EXPECT_EQ(anchor->checkpoint(), At(0));
  EXPECT_EQ(anchor->note(), NoteOf(At(0)));
  EXPECT_EQ(anchor->flushed_size(), TreeSize{0});
}

TEST_F(AnchorTest, IsNeverMadeOverAnother) {
  EXPECT_THAT(Anchor::Create(directory_, NoteOf(At(0))), test::RefusedWith("ANCHOR_EXISTS"));
  ASSERT_EQ(unlink(path("anchor").c_str()), 0);
  EXPECT_THAT(Anchor::Create(directory_, NoteOf(At(0))), test::RefusedWith("ANCHOR_EXISTS"))
      << "what was released is still there";
}

TEST_F(AnchorTest, KeepsWhatItWasGivenOverARestart) {
  OpenAfter({1, 5, 300}).reset();
  ASSERT_OK_AND_ASSIGN(const auto anchor, Open());
  EXPECT_EQ(anchor->checkpoint(), At(300));
  ASSERT_OK_AND_ASSIGN(const merkle::Checkpoint again, anchor->ReadAgain());
  EXPECT_EQ(again, At(300));
  for (const uint64_t size : {0u, 1u, 5u, 300u}) {
    ASSERT_OK_AND_ASSIGN(const auto note, anchor->FindReleased(TreeSize{size}));
    EXPECT_EQ(note, NoteOf(At(size)));
  }
  ASSERT_OK_AND_ASSIGN(const auto none, anchor->FindReleased(TreeSize{4}));
  EXPECT_FALSE(none.has_value());
}

TEST_F(AnchorTest, IsHeldByOneProcess) {
  ASSERT_OK_AND_ASSIGN(auto anchor, Open());
  EXPECT_THAT(Open(), test::StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_LOCKED"));
  anchor.reset();
  EXPECT_OK(Open());
}

TEST_F(AnchorTest, SaysThatItIsMissing) {
  ASSERT_EQ(unlink(path("anchor").c_str()), 0);
  EXPECT_THAT(Open(), test::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_MISSING"));
  EXPECT_THAT(Anchor::Open(temp_.path() + "/nowhere", Vkey()), test::RefusedWith("ANCHOR_MISSING"));
}

TEST_F(AnchorTest, RefusesEveryEditedByte) {
  OpenAfter({7}).reset();
  const std::string good = Read(path("anchor"));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string edited = good;
    edited[i] ^= 1;
    Write(path("anchor"), edited);
    EXPECT_THAT(Open(), test::StatusIs(absl::StatusCode::kDataLoss)) << "byte " << i;
  }
  for (const std::string& edited :
       {std::string(), good + "x", good + good, good.substr(0, good.size() - 1)}) {
    Write(path("anchor"), edited);
    EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_DAMAGED"));
  }
  Write(path("anchor"), good);
  EXPECT_OK(Open());
}

TEST_F(AnchorTest, RefusesAnotherLedgersAndAnotherKeys) {
  EXPECT_THAT(Anchor::Open(directory_, Vkey("example.com/other")),
              test::RefusedWith("ORIGIN_CHANGED"));
  EXPECT_THAT(Anchor::Open(directory_, Vkey(kOrigin, 'x')), test::RefusedWith("ANCHOR_DAMAGED"));
}

TEST_F(AnchorTest, RefusesAnOlderAnchorPutBack) {
  auto anchor = OpenAfter({3});
  const std::string old = Read(path("anchor"));
  ASSERT_OK(anchor->Replace(At(9), NoteOf(At(9))));
  Write(path("anchor"), old);
  EXPECT_THAT(anchor->Replace(At(10), NoteOf(At(10))), test::RefusedWith("ANCHOR_CHANGED"));
  EXPECT_EQ(Read(path("anchor")), old) << "nothing is mended";
  anchor.reset();
  EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_DAMAGED"));
}

TEST_F(AnchorTest, StopsWhereTheFileHasGone) {
  const auto anchor = OpenAfter({3});
  ASSERT_EQ(unlink(path("anchor").c_str()), 0);
  EXPECT_THAT(anchor->Replace(At(4), NoteOf(At(4))), test::RefusedWith("ANCHOR_MISSING"));
}

TEST_F(AnchorTest, NeverShrinks) {
  const auto anchor = OpenAfter({8});
  EXPECT_THAT(anchor->Replace(At(7), NoteOf(At(7))), test::RefusedWith("ANCHOR_WOULD_SHRINK"));
  EXPECT_EQ(anchor->checkpoint(), At(8));
}

TEST_F(AnchorTest, NeverHasTwoRootsForOneSize) {
  const auto anchor = OpenAfter({8});
  EXPECT_OK(anchor->Replace(At(8), NoteOf(At(8))));
  EXPECT_THAT(anchor->Replace(At(8, "fork"), NoteOf(At(8, "fork"))),
              test::RefusedWith("TWO_ROOTS"));
  ASSERT_OK_AND_ASSIGN(const merkle::Checkpoint on_disk, anchor->ReadAgain());
  EXPECT_EQ(on_disk, At(8));
}

TEST_F(AnchorTest, TakesNoNoteThatSaysSomethingElseOrIsNotSigned) {
  const auto anchor = OpenAfter({8});
  EXPECT_THAT(anchor->Replace(At(9), NoteOf(At(10))), test::RefusedWith("ANCHOR_DAMAGED"));
  EXPECT_THAT(anchor->Replace(At(9), NoteOf(At(9), 'x')), test::RefusedWith("ANCHOR_DAMAGED"));
  EXPECT_EQ(anchor->checkpoint(), At(8));
}

TEST_F(AnchorTest, CompletesTheReleasedOnesAfterACrashBehindTheRename) {
  OpenAfter({3, 4}).reset();
  const std::string before = Read(path("checkpoints"));
  OpenAfter({5}).reset();
  const std::string after = Read(path("checkpoints"));
  ASSERT_GT(after.size(), before.size());
  // The record of 5 never written, torn at every byte, or grown without its bytes.
  for (size_t kept = before.size(); kept < after.size(); ++kept) {
    for (const bool zeros : {false, true}) {
      std::string torn = after.substr(0, kept);
      if (zeros) torn.resize(after.size(), '\0');
      Write(path("checkpoints"), torn);
      ASSERT_OK(Open()) << kept;
      ASSERT_EQ(Read(path("checkpoints")), after) << kept;
    }
  }
}

TEST_F(AnchorTest, RefusesReleasedOnesThatAreMissingOrMakeNoSense) {
  OpenAfter({3, 4}).reset();
  const std::string good = Read(path("checkpoints"));
  ASSERT_EQ(unlink(path("checkpoints").c_str()), 0);
  EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_DAMAGED"));
  for (const std::string& bad : {std::string(), std::string(10000, 'x'),
                                 good + ReleasedFile::EncodeRecord(NoteOf(At(5), 'x')),
                                 good + ReleasedFile::EncodeRecord(NoteOf(At(4, "fork")))}) {
    Write(path("checkpoints"), bad);
    EXPECT_THAT(Open(), test::RefusedWith("ANCHOR_DAMAGED"));
  }
}

TEST_F(AnchorTest, NotesTheFlushedSizeAndTakesNonsenseForNothing) {
  auto anchor = OpenAfter({9});
  ASSERT_OK(anchor->NoteFlushed(TreeSize{6}));
  EXPECT_EQ(Read(path("flushed")), "6\n");
  anchor.reset();
  EXPECT_EQ(Open().value()->flushed_size(), TreeSize{6});
  for (const char* nonsense : {"", "-1\n", "six\n", "6\n7\n"}) {
    Write(path("flushed"), nonsense);
    EXPECT_EQ(Open().value()->flushed_size(), TreeSize{0}) << nonsense;
  }
}

TEST_F(AnchorTest, WritesNothingTornOnAFullDiskAndGoesOnWhenSpaceReturns) {
  const std::string full = absl::StrCat(temp_.path(), "/full");
  ASSERT_EQ(mkdir(full.c_str(), 0755), 0);
  if (mount("tmpfs", full.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "cannot mount a small file system: " << strerror(errno);
  }
  const std::string directory = absl::StrCat(full, "/anchor");
  ASSERT_OK(Anchor::Create(directory, NoteOf(At(0))));
  std::unique_ptr<Anchor> anchor = Anchor::Open(directory, Vkey()).value();
  Write(full + "/ballast", std::string(1 << 20, 'x'));
  // One page of each file may still have room.
  absl::Status status;
  uint64_t size = 0;
  while (status.ok() && size < 100) {
    ++size;
    status = anchor->Replace(At(size), NoteOf(At(size)));
  }
  EXPECT_THAT(status, test::RefusedWith("ANCHOR_DISK_FULL"));
  EXPECT_EQ(anchor->checkpoint(), At(size - 1));
  ASSERT_EQ(unlink((full + "/ballast").c_str()), 0);
  EXPECT_OK(anchor->Replace(At(size), NoteOf(At(size))));
  anchor.reset();
  EXPECT_EQ(Anchor::Open(directory, Vkey()).value()->checkpoint(), At(size));
  EXPECT_EQ(umount(full.c_str()), 0);
}

TEST(ReleasedFile, FindsEveryNoteAmongThousandsAndNoOther) {
  test::TempDir temp;
  const std::string path = temp.path() + "/checkpoints";
  std::string bytes;
  std::vector<uint64_t> sizes;
  uint64_t size = 0;
  for (int i = 0; i < 3000; ++i) {
    sizes.push_back(size);
    // Shorter and longer notes, so that records begin anywhere.
    const merkle::Checkpoint checkpoint{i % 2 == 0 ? kOrigin : std::string(120, 'o'),
                                        TreeSize{size}, merkle::Sha256(absl::StrCat(size))};
    bytes += ReleasedFile::EncodeRecord(NoteOf(checkpoint));
    size += 2 + static_cast<uint64_t>(i) * static_cast<uint64_t>(i) % 977;
  }
  Write(path, bytes);
  ASSERT_OK_AND_ASSIGN(const auto file, ReleasedFile::Open(path));
  for (const uint64_t wanted : sizes) {
    ASSERT_OK_AND_ASSIGN(const auto note, file->Find(TreeSize{wanted}));
    ASSERT_TRUE(note.has_value()) << wanted;
    EXPECT_THAT(*note, ::testing::HasSubstr(absl::StrCat("\n", wanted, "\n")));
    ASSERT_OK_AND_ASSIGN(const auto none, file->Find(TreeSize{wanted + 1}));
    EXPECT_FALSE(none.has_value());
  }
}

TEST(ReleasedFile, NamesTheByteWhereItIsDamaged) {
  test::TempDir temp;
  const std::string path = temp.path() + "/checkpoints";
  std::string bytes;
  for (uint64_t size = 0; size < 200; ++size) {
    bytes += ReleasedFile::EncodeRecord(NoteOf(At(size)));
  }
  // The size, behind the length and the origin's line.
  bytes[4 + sizeof(kOrigin)] = 'x';
  Write(path, bytes);
  ASSERT_OK_AND_ASSIGN(const auto file, ReleasedFile::Open(path));
  EXPECT_THAT(file->Find(TreeSize{0}), test::RefusedWith("ANCHOR_DAMAGED"));
  EXPECT_OK(file->Find(TreeSize{150}));
}

TEST_F(AnchorTest, NeverHandsOutADamagedNote) {
  OpenAfter({3, 4}).reset();
  const std::string good = Read(path("checkpoints"));
  const size_t record = ReleasedFile::EncodeRecord(NoteOf(At(3))).size();
  for (size_t i = record; i < 2 * record; ++i) {
    std::string damaged = good;
    damaged[i] ^= 1;
    Write(path("checkpoints"), damaged);
    const absl::StatusOr<std::unique_ptr<Anchor>> anchor = Open();
    if (!anchor.ok()) continue;  // The lengths no longer fit each other.
    const auto note = (*anchor)->FindReleased(TreeSize{3});
    EXPECT_TRUE(!note.ok() || !note->has_value()) << "byte " << i;
  }
}

// What the open check is asked, and what it must answer.
TEST_F(AnchorTest, TheOpenCheckNamesBothStates) {
  const auto anchor = OpenAfter({10});
  Inspection found{.identity = {.ledger_id = kOrigin}, .size = TreeSize{12}, .root = At(12).root};
  EXPECT_OK(CheckAgainstAnchor(found, *anchor, At(10).root));
  found.size = TreeSize{10};
  EXPECT_OK(CheckAgainstAnchor(found, *anchor, At(10).root));

  EXPECT_THAT(CheckAgainstAnchor(std::nullopt, *anchor, At(10).root),
              test::RefusedWith("LEDGER_MISSING"));
  EXPECT_THAT(CheckAgainstAnchor(found, *anchor, At(10, "fork").root),
              test::RefusedWith("ROOT_CHANGED"));
  EXPECT_THAT(CheckAgainstAnchor(found, *anchor, absl::DataLossError("cannot be read")),
              test::StatusIs(absl::StatusCode::kDataLoss));
  found.size = TreeSize{7};
  const absl::Status rolled_back = CheckAgainstAnchor(found, *anchor, At(10).root);
  EXPECT_THAT(rolled_back, test::RefusedWith("ROLLED_BACK"));
  EXPECT_THAT(std::string(rolled_back.message()), ::testing::HasSubstr("positions 7 to 10"));
  found.identity.ledger_id = "example.com/other";
  EXPECT_THAT(CheckAgainstAnchor(found, *anchor, At(10).root), test::RefusedWith("ORIGIN_CHANGED"));
}

}  // namespace
}  // namespace waymark
