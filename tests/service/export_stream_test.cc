// A document on its way out: in pieces, to as many callers at once as memory is set aside for.
#include "ledger/service/export_stream.h"

#include <memory>
#include <string>
#include <vector>

#include "tests/service/live_ledger.h"
#include "tests/support/status_matchers.h"

namespace waymark::test {
namespace {

v1::ExportRequest RequestFor(const std::string& contract) {
  v1::ExportRequest request;
  request.mutable_question()->set_contract_id(contract);
  return request;
}

// All pieces of one export.
absl::StatusOr<std::vector<v1::ExportPiece>> Export(LiveLedger& ledger,
                                                    const std::string& contract) {
  grpc::ClientContext context;
  context.set_deadline(InSeconds(30));
  const auto reader = ledger.maturity().Export(&context, RequestFor(contract));
  std::vector<v1::ExportPiece> pieces;
  for (v1::ExportPiece piece; reader->Read(&piece);) pieces.push_back(piece);
  const absl::Status ended = FromGrpc(reader->Finish());
  if (!ended.ok()) return ended;
  return pieces;
}

TEST(ExportStream, TheFirstPieceNamesWhatComesAndTheContentFollowsInOrder) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  ASSERT_OK_AND_ASSIGN(const std::vector<v1::ExportPiece> pieces, Export(ledger, "C-1"));
  std::string content;
  for (size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i].has_head(), i == 0);
    EXPECT_LE(pieces[i].content().size(), kExportPieceBytes);
    content += pieces[i].content();
  }
  EXPECT_EQ(content, ledger.document);
  EXPECT_EQ(pieces.size(), (content.size() + kExportPieceBytes - 1) / kExportPieceBytes);
  EXPECT_EQ(pieces[0].head().basis().contract_id(), "C-1");
}

TEST(ExportStream, ARefusalEndsItWithoutAPiece) {
  LiveLedger ledger;
  ASSERT_OK(ledger.Start());
  EXPECT_THAT(Export(ledger, ""), RefusedWith("CONTRACT_UNKNOWN"));
  EXPECT_THAT(CallRawStream(*ledger.channel(), "/waymark.v1.MaturityService/Export", "\x0a\xff"),
              RefusedWith("REQUEST_MALFORMED"));
}

TEST(ExportStream, OnlySoManyDocumentsWaitToBeTaken) {
  LiveLedger ledger;
  // More than lies between the two while nothing is read.
  ledger.document = std::string(24 << 20, 'd');
  ASSERT_OK(ledger.Start());
  struct Waiting {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::ExportPiece>> reader;
  };
  std::vector<std::unique_ptr<Waiting>> waiting;
  for (int i = 0; i < kExportsOpenMax; ++i) {
    waiting.push_back(std::make_unique<Waiting>());
    waiting.back()->reader = ledger.maturity().Export(&waiting.back()->context, RequestFor("C-1"));
    v1::ExportPiece first;
    ASSERT_TRUE(waiting.back()->reader->Read(&first));
  }
  EXPECT_THAT(Export(ledger, "C-1"), RefusedWith("EXPORTS_FULL"));
  // Whoever goes away leaves its place, a moment later.
  waiting[0]->context.TryCancel();
  waiting[0]->reader->Finish();
  absl::Status next = absl::UnknownError("not asked");
  for (int i = 0; i < 10000 && !next.ok(); ++i) {
    next = Export(ledger, "C-1").status();
    if (!next.ok()) {
      ASSERT_EQ(ReasonOf(next), "EXPORTS_FULL");
    }
  }
  EXPECT_OK(next);
  for (const auto& one : waiting) one->context.TryCancel();
}

}  // namespace
}  // namespace waymark::test
