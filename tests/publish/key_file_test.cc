#include "ledger/publish/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace waymark {
namespace {

class KeyFileTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& bytes, mode_t mode) {
    const std::string path = temp_.path() + "/key.pem";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }
  test::TempDir temp_;
};

TEST_F(KeyFileTest, ReadsWhatItsOwnerAloneMayRead) {
  const merkle::PrivateKey key = merkle::PrivateKey::Generate();
  for (const mode_t mode : {0600, 0400}) {
    ASSERT_OK_AND_ASSIGN(const merkle::PrivateKey read, LoadPrivateKey(Write(key.ToPem(), mode)));
    EXPECT_EQ(read.public_key(), key.public_key());
    EXPECT_EQ(read.Sign("text"), key.Sign("text"));
  }
}

TEST_F(KeyFileTest, RefusesAKeyThatOthersCanGetAt) {
  const std::string pem = merkle::PrivateKey::Generate().ToPem();
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666}) {
    const auto key = LoadPrivateKey(Write(pem, mode));
    EXPECT_THAT(key, test::StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(key, test::RefusedWith("KEY_FILE_EXPOSED"));
  }
}

TEST_F(KeyFileTest, SaysThatThereIsNone) {
  const auto key = LoadPrivateKey(temp_.path() + "/none.pem");
  EXPECT_THAT(key, test::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(key, test::RefusedWith("KEY_FILE_MISSING"));
}

TEST_F(KeyFileTest, RefusesWhatIsNoKeyAndNeverQuotesIt) {
  for (const std::string& bytes : {std::string(), std::string("secret words"),
                                   std::string("-----BEGIN PRIVATE KEY-----\nsecret\n")}) {
    const auto key = LoadPrivateKey(Write(bytes, 0600));
    EXPECT_THAT(key, test::RefusedWith("KEY_MALFORMED"));
    EXPECT_THAT(std::string(key.status().message()),
                ::testing::Not(::testing::HasSubstr("secret")));
  }
  EXPECT_THAT(LoadPrivateKey(Write(std::string(100000, 'x'), 0600)),
              test::RefusedWith("KEY_FILE_UNREADABLE"));
  EXPECT_THAT(LoadPrivateKey(temp_.path()), test::RefusedWith("KEY_FILE_UNREADABLE"));
}

}  // namespace
}  // namespace waymark
