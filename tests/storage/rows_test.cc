#include "ledger/storage/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/merkle/encoding.h"
#include "tests/storage/sample_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

Digest Filled(uint8_t byte) {
  Digest digest;
  digest.fill(byte);
  return digest;
}

CommitEvent Event(std::string header, std::string payload, char salt) {
  return {std::move(header), std::move(payload), std::string(32, salt), {}};
}

std::string Repeat(absl::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) absl::StrAppend(&out, text);
  return out;
}

TEST(Rows, KeyBytesAreFrozen) {
  EXPECT_EQ(Hex(EventKey(Position{258})), "0000000000000102");
  // SHA-256("abc"), FIPS 180-4.
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(Hex(StreamKey("abc", Revision{7})), abc + "0000000000000007");
  EXPECT_EQ(Hex(RequestKey("abc")), abc);
  EXPECT_EQ(Hex(TileKey(2, 258)), "020000000000000102");
  EXPECT_EQ(Hex(MetaKey(kMetaFormat)), "00");
  EXPECT_EQ(Hex(MetaKey(kMetaIdentity)), "01");
  EXPECT_EQ(Hex(MetaKey(kMetaHead)), "02");
}

TEST(Rows, KeysSortAsTheNumbersInThem) {
  for (const uint64_t small :
       {uint64_t{0}, uint64_t{9}, uint64_t{255}, uint64_t{65535}, uint64_t{1} << 40}) {
    EXPECT_LT(EventKey(Position{small}), EventKey(Position{small + 1}));
    EXPECT_LT(StreamKey("C-1", Revision{small}), StreamKey("C-1", Revision{small + 1}));
    EXPECT_LT(TileKey(1, small), TileKey(1, small + 1));
    EXPECT_LT(TileKey(1, small), TileKey(2, 0));
  }
}

TEST(Rows, EventRowBytesAreFrozen) {
  const std::vector<CommitEvent> events = {Event("HEAD", "pay", '\x11'), Event("H", "", '\x22')};
  std::string row;
  EncodeEntries(events, &row);
  EXPECT_EQ(Hex(row),
            "0102"
            "0004"
            "48454144"
            "0001"
            "48");
  row.clear();
  EncodePayloads(events, &row);
  EXPECT_EQ(Hex(row), absl::StrCat("0102", "01", Repeat("11", 32), "00000003", "706179", "01",
                                   Repeat("22", 32), "00000000"));
  PayloadRow erased = *DecodePayloads(row);
  erased.payloads[0] = {.erased = true};
  EXPECT_EQ(Hex(EncodePayloads(erased)),
            absl::StrCat("0102", "00", "01", Repeat("22", 32), "00000000"));
}

TEST(Rows, StreamRowBytesAreFrozen) {
  const std::vector<PositionRange> ranges = {{Position{256}, 2}, {Position{300}, 1}};
  EXPECT_EQ(Hex(EncodeStream(ranges)),
            "01"
            "0000000000000100"
            "00000002"
            "000000000000012c"
            "00000001");
}

TEST(Rows, FilterRowBytesAreFrozen) {
  std::vector<CommitEvent> events(3);
  events[0].filter = {{"PI-CS", "A"}, "PI", "provider", 2};
  events[1].filter = {{}, "", "authority", 0};
  events[2].filter = events[0].filter;
  EXPECT_EQ(Hex(EncodeFilters(events)),
            "01"
            "00000003"
            "0002"
            "02"
            "025049"
            "0870726f7669646572"
            "02"
            "0550492d4353"
            "0141"
            "00"
            "00"
            "09617574686f72697479"
            "00"
            "00"
            "01"
            "00");
}

TEST(Rows, RequestRowBytesAreFrozen) {
  StoredRequest request;
  request.contract_id = "C-1";
  request.statement_digest = Filled(0xcd);
  request.first_position = Position{256};
  request.first_revision = Revision{1};
  request.event_count = 3;
  request.recorded_at = UnixMicros{0x0102030405060708};
  request.clock = request.recorded_at;
  request.head = TreeSize{260};
  request.salts_from_server = true;
  request.flags = {{}, {"LATE", "X"}, {}};
  EXPECT_EQ(Hex(EncodeRequest(request)),
            absl::StrCat("0101", Repeat("cd", 32), "0000000000000100", "0000000000000001",
                         "00000003", "0102030405060708", "0000000000000104", "03432d31", "0001",
                         "0001", "02", "044c415445", "0158"));
  // A wall clock that was not believed stands behind the head.
  request.clock = UnixMicros{0x1102030405060708};
  EXPECT_EQ(Hex(EncodeRequest(request)),
            absl::StrCat("0103", Repeat("cd", 32), "0000000000000100", "0000000000000001",
                         "00000003", "0102030405060708", "0000000000000104", "1102030405060708",
                         "03432d31", "0001", "0001", "02", "044c415445", "0158"));
  EXPECT_EQ(DecodeRequest(EncodeRequest(request))->clock, request.clock);
  // No list at all is the same as empty ones, and comes back as those.
  request.flags.clear();
  EXPECT_THAT(DecodeRequest(EncodeRequest(request))->flags, ::testing::SizeIs(3));
}

TEST(Rows, StatementRowBytesAreFrozen) {
  EXPECT_EQ(Hex(EncodeStatementRow({"body", "", ""})), "0100626f6479");
  EXPECT_EQ(Hex(EncodeStatementRow({"body", std::string(64, '\x05'), std::string(32, '\x06')})),
            absl::StrCat("0101", Repeat("06", 32), Repeat("05", 64), "626f6479"));
}

TEST(Rows, TileAndMetaRowBytesAreFrozen) {
  std::vector<Digest> hashes(256, Filled(0x33));
  EXPECT_EQ(Hex(EncodeTile(hashes)), "01" + Repeat("33", 32 * 256));
  EXPECT_EQ(Hex(EncodeFormat(1)), "00000001");
  EXPECT_EQ(Hex(EncodeIdentity({"a/b", std::string(32, '\x07'), true})),
            absl::StrCat("0101", Repeat("07", 32), "03612f62"));
  EXPECT_EQ(Hex(EncodeHead({TreeSize{258}, Filled(0x44)})),
            absl::StrCat("01", "0000000000000102", Repeat("44", 32)));
}

// Each decoder, and a row that it takes.
struct Codec {
  std::string name;
  std::string row;
  std::function<absl::Status(absl::string_view)> decode;
};

std::vector<Codec> AllCodecs() {
  SampleLedger sample(1);
  const CommitRecord record = sample.Next(20);
  std::string entries;
  std::string payloads;
  EncodeEntries(record.events, &entries);
  EncodePayloads(record.events, &payloads);
  const auto decoder = [](auto decode) {
    return [decode](absl::string_view row) { return decode(row).status(); };
  };
  const SampleRequest& request = sample.requests()[0];
  return {
      {"entries", entries, decoder(DecodeEntries)},
      {"payloads", payloads, decoder([](absl::string_view row) { return DecodePayloads(row); })},
      {"streams", EncodeStream({{Position{1}, 2}}), decoder(DecodeStream)},
      {"filters", EncodeFilters(record.events), decoder(DecodeFilters)},
      {"requests", EncodeRequest(request.stored), decoder(DecodeRequest)},
      {"tiles", EncodeTile(std::vector<Digest>(256)), decoder(DecodeTile)},
      {"format", EncodeFormat(1), decoder(DecodeFormat)},
      {"identity", EncodeIdentity(SampleIdentity()), decoder(DecodeIdentity)},
      {"head", EncodeHead({TreeSize{5}, Digest{}}), decoder(DecodeHead)},
      {"event key", EventKey(Position{5}), decoder(DecodeEventKey)},
  };
}

TEST(Rows, NoDecoderTakesATruncatedOrALongerRow) {
  for (const Codec& codec : AllCodecs()) {
    EXPECT_OK(codec.decode(codec.row)) << codec.name;
    for (size_t size = 0; size < codec.row.size(); ++size) {
      EXPECT_THAT(codec.decode(absl::string_view(codec.row).substr(0, size)),
                  StatusIs(absl::StatusCode::kDataLoss))
          << codec.name << " cut to " << size;
    }
    EXPECT_THAT(codec.decode(codec.row + '\0'), StatusIs(absl::StatusCode::kDataLoss))
        << codec.name;
  }
}

TEST(Rows, NoDecoderTakesAnotherVersion) {
  for (Codec codec : AllCodecs()) {
    if (codec.name == "format" || codec.name == "event key") continue;  // These two have none.
    codec.row[0] = 2;
    EXPECT_THAT(codec.decode(codec.row), StatusIs(absl::StatusCode::kDataLoss)) << codec.name;
  }
}

TEST(Rows, DecodersSurviveAnyByte) {
  std::mt19937_64 random(1);
  for (const Codec& codec : AllCodecs()) {
    for (int i = 0; i < 2000; ++i) {
      std::string row = codec.row;
      for (int flips = 1 + i % 3; flips > 0; --flips)
        row[random() % row.size()] = static_cast<char>(random());
      codec.decode(row)
          .IgnoreError();  // Must end, and touch no other memory: the sanitizers say so.
    }
  }
}

TEST(Rows, EveryPartOfACommitSurvivesItsRows) {
  SampleLedger sample(2);
  for (const size_t count : {1, 5, 32}) {
    const CommitRecord record = sample.Next(count);
    std::string entries;
    std::string payloads;
    EncodeEntries(record.events, &entries);
    EncodePayloads(record.events, &payloads);
    ASSERT_OK_AND_ASSIGN(const EntryRow entry_row, DecodeEntries(entries));
    ASSERT_OK_AND_ASSIGN(const PayloadRow payload_row, DecodePayloads(payloads));
    ASSERT_EQ(entry_row.count, count);
    ASSERT_EQ(payload_row.count, count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(entry_row.headers[i], record.events[i].header);
      EXPECT_EQ(payload_row.payloads[i].payload, record.events[i].payload);
      EXPECT_EQ(payload_row.payloads[i].salt, record.events[i].salt);
    }
    EXPECT_EQ(EncodePayloads(payload_row), payloads);
  }
}

TEST(Rows, ManyDifferentFiltersTakeTwoByteIndices) {
  std::vector<CommitEvent> events(700);
  for (size_t i = 0; i < events.size(); ++i) events[i].filter.category = absl::StrCat("C", i % 400);
  ASSERT_OK_AND_ASSIGN(const FilterRow row, DecodeFilters(EncodeFilters(events)));
  EXPECT_EQ(row.distinct.size(), 400u);
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(row.distinct[row.index[i]].category, events[i].filter.category);
  }
}

}  // namespace
}  // namespace waymark::test
