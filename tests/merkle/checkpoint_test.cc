#include "ledger/merkle/checkpoint.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "ledger/merkle/hash.h"
#include "tests/merkle/frozen_chain.h"
#include "tests/support/status_matchers.h"

namespace waymark::merkle {
namespace {

using ::waymark::test::RefusedWith;

PrivateKey KeyWithFirstSeedByte(int first) {
  std::string seed(32, '\0');
  seed[0] = static_cast<char>(first);
  return PrivateKey::FromSeed(seed).value();
}

TEST(Checkpoint, IsSignedAsSigsumSignsIt) {
  const nlohmann::json vector = test::LoadVectors("checkpoints.json")["sigsum"];
  const PrivateKey key = KeyWithFirstSeedByte(vector["seed_first_byte"].get<int>());
  EXPECT_EQ(ToHex(key.public_key()), test::Text(vector["public_key"]));
  const std::string note = test::Text(vector["note"]);
  const Checkpoint checkpoint = ParseCheckpoint(note.substr(0, note.find("\n\n") + 1)).value();
  EXPECT_EQ(checkpoint.size.value, vector["size"].get<uint64_t>());
  EXPECT_EQ(SignCheckpoint(checkpoint, key).value(), note);
  const VerifierKey vkey{checkpoint.origin, KeyType::kLog, key.public_key()};
  EXPECT_EQ(vkey.id(), GetU32be(test::Hex(test::Text(vector["key_id"]))));
  EXPECT_EQ(OpenCheckpoint(note, vkey).value().checkpoint, checkpoint);
  EXPECT_OK(OpenCheckpoint(note + test::Text(vector["unknown_line"]), vkey));
  EXPECT_THAT(OpenCheckpoint(note + test::Text(vector["bad_line"]), vkey),
              RefusedWith("NOTE_MALFORMED"));
  for (const char* wrong_id : {"gJ2ho0n8", "DEADBEEF"}) {
    const std::string changed = absl::StrReplaceAll(note, {{"gJ2ho0n8", wrong_id}});
    EXPECT_EQ(OpenCheckpoint(changed, vkey).ok(), changed == note);
  }
}

TEST(Checkpoint, RefusesTextsThatAreNotCanonical) {
  const std::string root = ToBase64(EmptyRoot());
  EXPECT_OK(ParseCheckpoint(absl::StrCat("origin\n0\n", root, "\n")));
  for (const std::string& text :
       {std::string(), std::string("\n\n\n"), absl::StrCat("origin\n0\n", root),
        absl::StrCat("\n0\n", root, "\n"), absl::StrCat("origin\n00\n", root, "\n"),
        absl::StrCat("origin\n-1\n", root, "\n"), absl::StrCat("origin\n\n", root, "\n"),
        absl::StrCat("origin\n18446744073709551616\n", root, "\n"),
        absl::StrCat("origin\n1\n", root.substr(1), "\n"), absl::StrCat("origin\n1\n", root, "=\n"),
        absl::StrCat("origin\n1\n", root, "\n\n"), absl::StrCat("an origin\n1\n", root, "\n"),
        absl::StrCat("a+b\n1\n", root, "\n"), absl::StrCat("origin\r\n1\r\n", root, "\r\n"),
        absl::StrCat("origin\n1\n", ToBase64(std::string(31, 'r')), "\n"),
        absl::StrCat("origin\n1\n", root, "\nextension\n")}) {
    EXPECT_THAT(ParseCheckpoint(text), RefusedWith("CHECKPOINT_MALFORMED")) << text;
  }
}

TEST(Checkpoint, HasExtensionLinesOnlyWhereTheyAreAllowed) {
  const test::Chain chain = test::BuildChain();
  const VerifierKey vkey = ParseVkey(chain.vkey).value();
  const std::string text =
      FormatCheckpoint({vkey.name, TreeSize{2}, chain.tree.Root()}) + "extension\n";
  const std::string note = SignNote(text, {NoteSigner{vkey.name, test::LedgerKey()}}).value();
  EXPECT_THAT(OpenCheckpoint(note, vkey), RefusedWith("CHECKPOINT_MALFORMED"));
  EXPECT_OK(OpenCheckpoint(note, {vkey}, {}, ExtensionLines::kAllowed));
}

TEST(Checkpoint, OpensOnlyUnderItsOriginsKey) {
  const test::Chain chain = test::BuildChain();
  const VerifierKey vkey = ParseVkey(chain.vkey).value();
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened, OpenCheckpoint(chain.checkpoint, vkey));
  EXPECT_EQ(opened.checkpoint.size, TreeSize{2});
  EXPECT_EQ(opened.as_signed_by_log, chain.checkpoint);

  const NoteSigner stranger{"example.com/stranger", PrivateKey::Generate()};
  const std::string foreign = SignNote(FormatCheckpoint(opened.checkpoint), {stranger}).value();
  EXPECT_THAT(OpenCheckpoint(foreign, vkey), RefusedWith("NOTE_UNSIGNED"));
  EXPECT_THAT(OpenCheckpoint(foreign, stranger.verifier()), RefusedWith("ORIGIN_MISMATCH"));
  for (size_t i = 0; i < chain.checkpoint.size(); ++i) {
    std::string changed = chain.checkpoint;
    changed[i] ^= 1;
    EXPECT_FALSE(OpenCheckpoint(changed, vkey).ok()) << "byte " << i;
  }
}

TEST(Checkpoint, WhileKeysRotateEitherKeyOpensIt) {
  const test::Chain chain = test::BuildChain();
  const VerifierKey old_key = ParseVkey(chain.vkey).value();
  const PrivateKey fresh = PrivateKey::Generate();
  const VerifierKey new_key{old_key.name, KeyType::kLog, fresh.public_key()};
  const Checkpoint checkpoint{old_key.name, TreeSize{2}, chain.tree.Root()};
  const std::string note = SignCheckpoint(checkpoint, {test::LedgerKey(), fresh}).value();
  EXPECT_EQ(note.substr(0, chain.checkpoint.size()), chain.checkpoint);
  for (const VerifierKey& key : {old_key, new_key}) {
    EXPECT_EQ(OpenCheckpoint(note, key).value().checkpoint, checkpoint);
  }
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint both, OpenCheckpoint(note, {old_key, new_key}, {}));
  EXPECT_EQ(both.log_signatures.size(), 2u);
  EXPECT_EQ(both.as_signed_by_log, note);
}

// A cosignature alone, from a note of which the log's key is not known: opened as a note, its line
// checked.
class Cosignatures : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = test::LoadVectors("checkpoints.json");
};

TEST_F(Cosignatures, VerifyAsSunlightMadeThem) {
  for (const char* name : {"sunlight_mirror", "sunlight_witness", "sunlight_witness2"}) {
    const nlohmann::json& vector = vectors_[name];
    const VerifierKey key = ParseVkey(test::Text(vector["vkey"])).value();
    ASSERT_EQ(key.type, KeyType::kCosignature);
    const std::string note = test::Text(vector["note"]);
    ASSERT_OK_AND_ASSIGN(const OpenedNote opened, OpenNote(note, {key}));
    ASSERT_EQ(opened.verified.size(), 1u);
    EXPECT_EQ(opened.verified[0].time, vector["time"].get<uint64_t>());
    EXPECT_EQ(ParseCheckpoint(opened.text).value().size, TreeSize{300});
    // Made again from the public seed, it is the same line.
    const Digest seed = Sha256(test::Text(vector["seed_is_sha256_of"]));
    const NoteSigner witness{key.name, PrivateKey::FromSeed(BytesOf(seed)).value()};
    EXPECT_EQ(CosignatureLine(opened.text, witness, opened.verified[0].time),
              opened.verified[0].line);
  }
}

TEST_F(Cosignatures, OfOneOriginAndSizeMayStandUnderTwoRoots) {
  // Each verifies: only who remembers the other can tell.
  const auto open = [this](const char* name) {
    const nlohmann::json& vector = vectors_[name];
    const OpenedNote note =
        OpenNote(test::Text(vector["note"]), {ParseVkey(test::Text(vector["vkey"])).value()})
            .value();
    return ParseCheckpoint(note.text).value();
  };
  const Checkpoint one = open("sunlight_mirror");
  const Checkpoint other = open("sunlight_witness");
  EXPECT_EQ(one.origin, other.origin);
  EXPECT_EQ(one.size, other.size);
  EXPECT_NE(one.root, other.root);
}

TEST_F(Cosignatures, ALineOfAnUnknownTypeIsCarriedAndIgnored) {
  const nlohmann::json& vector = vectors_["sunlight_witness"];
  ASSERT_OK_AND_ASSIGN(
      const OpenedNote opened,
      OpenNote(test::Text(vector["note"]), {ParseVkey(test::Text(vector["vkey"])).value()}));
  ASSERT_EQ(opened.others.size(), 1u);
  EXPECT_EQ(opened.others[0].name, "rome2026h1.example.org");
}

TEST_F(Cosignatures, VerifyAsSigsumMadeThem) {
  const nlohmann::json& vector = vectors_["sigsum_cosignature"];
  const PrivateKey key = KeyWithFirstSeedByte(vector["seed_first_byte"].get<int>());
  const VerifierKey witness{test::Text(vector["name"]), KeyType::kCosignature, key.public_key()};
  const std::string start = absl::StrCat(test::Text(vector["text"]), "\n");
  const std::string line = test::Text(vector["line"]);
  ASSERT_OK_AND_ASSIGN(const OpenedNote opened,
                       OpenNote(absl::StrCat(start, test::Text(vector["other_key_id"]), line,
                                             test::Text(vector["other_name"])),
                                {witness}));
  ASSERT_EQ(opened.verified.size(), 1u);
  EXPECT_EQ(opened.verified[0].time, vector["time"].get<uint64_t>());
  EXPECT_EQ(opened.others.size(), 2u);
  EXPECT_EQ(CosignatureLine(test::Text(vector["text"]), {witness.name, key}, 1234), line);
  EXPECT_THAT(OpenNote(absl::StrCat(start, test::Text(vector["other_length"])), {witness}),
              RefusedWith("NOTE_SIGNATURE_INVALID"));
}

TEST_F(Cosignatures, StateTheirTimeInTheFirstEightBytes) {
  for (const auto& vector : vectors_["parse_only"]) {
    const std::string line =
        absl::StrCat("\xe2\x80\x94 witness ", test::Text(vector["payload"]), "\n");
    ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(absl::StrCat("text\n\n", line)));
    ASSERT_EQ(note.signatures.size(), 1u);
    EXPECT_EQ(note.signatures[0].signature.size(), 72u);
    EXPECT_EQ(note.signatures[0].key_id, GetU32be(test::Hex(test::Text(vector["key_id"]))));
    EXPECT_EQ(GetU64be(note.signatures[0].signature), vector["time"].get<uint64_t>());
  }
}

class CosignedCheckpoint : public ::testing::Test {
 protected:
  const test::Chain chain_ = test::BuildChain();
  const VerifierKey log_ = ParseVkey(chain_.vkey).value();
  const NoteSigner signer_{"witness.example", PrivateKey::Generate()};
  const VerifierKey witness_{signer_.name, KeyType::kCosignature, signer_.key.public_key()};
  const std::string text_ = FormatCheckpoint({log_.name, TreeSize{2}, chain_.tree.Root()});
};

TEST_F(CosignedCheckpoint, HasTheCheckpointAsSignedByTheLogForAPrefix) {
  const std::string note = chain_.checkpoint + CosignatureLine(text_, signer_, 1767225601);
  ASSERT_OK_AND_ASSIGN(const OpenedCheckpoint opened, OpenCheckpoint(note, {log_}, {witness_}));
  ASSERT_EQ(opened.cosignatures.size(), 1u);
  EXPECT_EQ(opened.cosignatures[0].time, 1767225601u);
  EXPECT_EQ(opened.as_signed_by_log, chain_.checkpoint);
  EXPECT_EQ(OpenCheckpoint(note, log_).value().cosignatures.size(), 0u);
}

TEST_F(CosignedCheckpoint, ACosignatureCoversItsTime) {
  const std::string line = CosignatureLine(text_, signer_, 1767225601);
  const size_t payload = line.rfind(' ') + 1;
  std::string bytes = test::Base64(line.substr(payload, line.size() - payload - 1));
  bytes[11] ^= 1;
  const std::string later = absl::StrCat(line.substr(0, payload), ToBase64(bytes), "\n");
  EXPECT_THAT(OpenCheckpoint(chain_.checkpoint + later, {log_}, {witness_}),
              RefusedWith("NOTE_SIGNATURE_INVALID"));
}

TEST_F(CosignedCheckpoint, TheLogsOwnLineIsNeeded) {
  const std::string only_witness =
      absl::StrCat(text_, "\n", CosignatureLine(text_, signer_, 1767225601));
  EXPECT_THAT(OpenCheckpoint(only_witness, {log_}, {witness_}), RefusedWith("NOTE_UNSIGNED"));
}

TEST_F(CosignedCheckpoint, AKeyCountsOnlyForItsOwnUse) {
  EXPECT_THAT(OpenCheckpoint(chain_.checkpoint, {witness_}, {}), RefusedWith("KEY_TYPE_MISMATCH"));
  EXPECT_THAT(OpenCheckpoint(chain_.checkpoint, {log_}, {log_}), RefusedWith("KEY_TYPE_MISMATCH"));
  // The witness's key signs as a log would: another id, so another, unknown line.
  const std::string note = chain_.checkpoint + SignatureLine(text_, signer_);
  EXPECT_EQ(OpenCheckpoint(note, {log_}, {witness_}).value().cosignatures.size(), 0u);
}

}  // namespace
}  // namespace waymark::merkle
