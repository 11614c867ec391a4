#include "ledger/contract/matrix_canonical.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/contract/matrix_import.h"
#include "tests/support/status_matchers.h"

namespace waymark {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

v1::Matrix SampleMatrix() {
  std::ifstream file(WAYMARK_SOURCE_DIR "/deploy/matrices/sample-matrix.tsv", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  v1::Matrix matrix = ImportMatrix(bytes, TableFormat::kTsv).value().matrix;
  matrix.set_version_id("sample");
  matrix.set_source(std::string(32, '\x01'));
  return matrix;
}

TEST(CanonicalMatrix, BytesAreFrozen) {
  v1::Matrix matrix;
  matrix.set_version_id("v1");
  v1::Cell& cell = *matrix.add_cells();
  cell.set_focus("A");
  cell.set_verbatim(std::string("\0\xFF", 2));
  cell.set_state(v1::CELL_STATE_DEFINED);
  cell.set_source_line(300);
  v1::QuarantineEntry& entry = *matrix.add_quarantine();
  entry.set_level(0);
  matrix.mutable_source_layout()->add_rows()->add_cells()->set_note(0);
  EXPECT_EQ(absl::BytesToHexString(CanonicalMatrix(matrix)),
            absl::StrCat(absl::BytesToHexString("waymark-matrix-v1\n"),
                         "0a027631"  // version_id "v1"
                         "220c"
                         "0a0141"
                         "1a0200ff"
                         "2801"
                         "30ac02"  // cells[0]; level 0 is left out
                         "3a02"
                         "1800"  // quarantine[0]: level 0 is there
                         "4a06"
                         "2204"
                         "0a02"
                         "4000"));  // source_layout: one row, one cell, note 0
}

TEST(CanonicalMatrix, IsTheDeterministicProtobufEncodingOfAnImportedMatrix) {
  const v1::Matrix matrix = SampleMatrix();
  std::string deterministic;
  {
    google::protobuf::io::StringOutputStream stream(&deterministic);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    ASSERT_TRUE(matrix.SerializeToCodedStream(&coded));
  }
  EXPECT_EQ(CanonicalMatrix(matrix), "waymark-matrix-v1\n" + deterministic);
}

TEST(CanonicalMatrix, SurvivesAJourneyOverTheWire) {
  const v1::Matrix matrix = SampleMatrix();
  const std::string canonical = CanonicalMatrix(matrix);
  absl::string_view body = canonical;
  ASSERT_TRUE(absl::ConsumePrefix(&body, "waymark-matrix-v1\n"));
  v1::Matrix again;
  ASSERT_TRUE(again.ParseFromArray(body.data(), static_cast<int>(body.size())));
  EXPECT_EQ(CanonicalMatrix(again), canonical);
}

// Changes one scalar.
void Change(Message* message, const FieldDescriptor& field) {
  const auto& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(message, &field, reflection.GetString(*message, &field) + "x");
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(message, &field, !reflection.GetBool(*message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(message, &field, reflection.GetUInt32(*message, &field) + 1);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(message, &field,
                                     reflection.GetEnumValue(*message, &field) + 1);
    default:
      ADD_FAILURE() << field.full_name() << " has a type that the test does not know";
  }
}

// Changes each scalar of `part` in turn, and of the first of each kind of message below it, and
// expects the bytes of the whole matrix to change each time.
void ExpectEachFieldCounts(const v1::Matrix& whole, Message* part, int* changed) {
  const auto& reflection = *part->GetReflection();
  for (int i = 0; i < part->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *part->GetDescriptor()->field(i);
    if (field.is_repeated()) {
      if (reflection.FieldSize(*part, &field) == 0) reflection.AddMessage(part, &field);
      ExpectEachFieldCounts(whole, reflection.MutableRepeatedMessage(part, &field, 0), changed);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      ExpectEachFieldCounts(whole, reflection.MutableMessage(part, &field), changed);
    } else {
      const std::string unchanged = CanonicalMatrix(whole);
      Change(part, field);
      EXPECT_NE(CanonicalMatrix(whole), unchanged) << field.full_name() << " does not count";
      ++*changed;
    }
  }
}

TEST(CanonicalMatrix, ChangesWithEveryField) {
  v1::Matrix matrix = SampleMatrix();
  int changed = 0;
  ExpectEachFieldCounts(matrix, &matrix, &changed);
  EXPECT_GT(changed, 50);
}

TEST(CanonicalMatrix, ChangesWithTheOrderOfFocuses) {
  v1::Matrix matrix = SampleMatrix();
  const std::string before = CanonicalMatrix(matrix);
  matrix.mutable_focuses()->SwapElements(0, 1);
  EXPECT_NE(CanonicalMatrix(matrix), before);
}

}  // namespace
}  // namespace waymark
