// This header holds every bound of Waymark, so that one can see how they relate. Sizes are bytes
// unless the name says otherwise. A bound that a caller can reach has a test that reaches it. A
// pause bounds nothing, and stands where it is made.
#ifndef WAYMARK_LEDGER_BASE_LIMITS_H_
#define WAYMARK_LEDGER_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace waymark {

// Texts of the leaf and the Statement. Each length fits one byte.
inline constexpr size_t kLedgerIdBytesMax = 127;
inline constexpr size_t kPrincipalBytesMax = 127;
inline constexpr size_t kContractIdBytesMax = 64;
inline constexpr size_t kEventTypeBytesMax = 64;
inline constexpr size_t kRequestIdBytesMax = 64;
static_assert(kLedgerIdBytesMax < 128 && kPrincipalBytesMax < 128, "one length byte");

inline constexpr size_t kDigestBytes = 32;
inline constexpr size_t kSaltBytes = 32;
inline constexpr size_t kSignatureBytes = 64;
// Fixed part of an unsigned header plus the two texts and a key id.
inline constexpr size_t kEntryHeaderBytesMax = 138 + kContractIdBytesMax + kEventTypeBytesMax;
static_assert(kEntryHeaderBytesMax == 266);

// One append request.
inline constexpr size_t kRequestEventsMax = 1000;
inline constexpr size_t kRequestBytesMax = 3 << 20;
// One event's payload; a whole request must still fit.
inline constexpr size_t kPayloadBytesMax = 1 << 20;
static_assert(kPayloadBytesMax < kRequestBytesMax);
// Texts inside a payload: a reason, a narrative, the words of a cell.
inline constexpr size_t kTextBytesMax = 64 << 10;
inline constexpr size_t kCodeBytesMax = 64;
// Values in one list of an event. More of them say nothing that several events could not, and rules
// compare them with what is on record.
inline constexpr int kListValuesMax = 1000;
// Positions that one export withheld: found by a program, not by a person, and compared in one pass.
inline constexpr int kWithheldMax = 100000;
// Violations that one refusal lists; the first are kept. They travel in the trailer.
inline constexpr size_t kViolationsMax = 32;
// The rule of a clause: nodes from the root to a leaf, nodes of the tree, and results that one
// evaluation can give once sets of focuses are written out.
inline constexpr int kRuleDepthMax = 32;
inline constexpr int kRuleNodesMax = 512;
inline constexpr uint64_t kRuleResultsMax = 65536;
// Days and months that a clause can ask for, and the amount of a quantity in pence.
inline constexpr uint32_t kClauseDaysMax = 36525;
inline constexpr uint32_t kClauseMonthsMax = 1200;
inline constexpr int64_t kClausePenceMax = int64_t{1000000000000000};
// Deepest nesting of a message that is parsed. A node of a rule takes two messages, and Protobuf's
// own bound is 100.
inline constexpr int kProtoDepthMax = 96;
static_assert(2 * kRuleDepthMax + 8 <= kProtoDepthMax && kProtoDepthMax < 100);

// The committer.
inline constexpr size_t kCommitQueueRequestsMax = 16384;
inline constexpr size_t kCommitQueueBytesMax = 64 << 20;
inline constexpr size_t kCommitBatchEventsMax = 4096;
inline constexpr size_t kCommitBatchBytesMax = 16 << 20;
inline constexpr size_t kContractStatesInMemoryMax = 20000;
// Events behind the contract states in memory, over all contracts; the newest one is kept whatever
// its size.
inline constexpr size_t kContractEventsInMemoryMax = 8 << 20;
inline constexpr int kAnswerThreads = 2;
inline constexpr int kLoaderThreads = 2;
// A commit takes milliseconds, and seconds where the disk is slow and compaction is behind. One
// that takes longer than this ends the process.
inline constexpr int kCommitStalledSeconds = 60;

// What is stored together.
inline constexpr size_t kChunkEventsMax = 32;

// Reading.
inline constexpr uint32_t kReadBatchEventsDefault = 512;
inline constexpr uint32_t kReadBatchEventsMax = 4096;
inline constexpr size_t kReadBatchBytesDefault = 1 << 20;
inline constexpr size_t kReadBatchBytesMax = 3 << 20;
inline constexpr uint32_t kScanTurnEventsMax = 10000;
inline constexpr int kScanTurnMillisMax = 20;
inline constexpr uint64_t kFellBehindPositions = 10000;
inline constexpr size_t kFilterTermsMax = 16;
inline constexpr size_t kFilterValuesMax = 256;
inline constexpr size_t kFilterValueBytesMax = 127;
inline constexpr size_t kCursorBytesMax = 256;
inline constexpr int kHeartbeatSecondsDefault = 10;
inline constexpr int kHeartbeatSecondsMax = 60;
inline constexpr int kHeartbeatSecondsMin = 1;
inline constexpr int kStalledStreamSecondsMax = 600;
inline constexpr size_t kAppendStreamUnansweredMax = 64;

// Questions about a contract.
inline constexpr uint32_t kPageEntriesDefault = 500;
inline constexpr uint32_t kPageEntriesMax = 5000;
// A client takes messages of 4 MiB unless it was told otherwise.
inline constexpr size_t kPageBytesMax = 3 << 20;
static_assert(kPayloadBytesMax < kPageBytesMax, "one entry tells of one event and makes a page");
// Items that one page may look at while it searches for those of one focus.
inline constexpr uint32_t kEvidenceExaminedMax = 20000;
inline constexpr int kGraceDaysMax = 90;
inline constexpr size_t kViewedContractsInMemoryMax = 256;
// Listeners to one rebuild of a projection. Those who have gone are not told apart from the others,
// so one more than that ends the one who has listened for longest.
inline constexpr size_t kRebuildListenersMax = 64;

// The gRPC port. Open connections, about: beyond them a new one is closed at once.
inline constexpr int kConnectionsMax = 4096;
// Descriptors that connections never take, since a database without any has to stop; half of them
// where the process may not have that many.
inline constexpr int kDescriptorReserve = 1024;
// Reflection holds a thread for each open stream.
inline constexpr int kReflectionThreadsMax = 16;
inline constexpr int kConcurrentStreamsPerConnectionMax = 256;
inline constexpr size_t kOpenStreamsMax = 4096;
inline constexpr size_t kReceiveMessageBytesMax = 4 << 20;
static_assert(kRequestBytesMax < kReceiveMessageBytesMax);
inline constexpr size_t kMetadataBytesMax = 16 << 10;
inline constexpr int kUnaryDeadlineSecondsMax = 300;
static_assert(kCommitStalledSeconds < kUnaryDeadlineSecondsMax,
              "whoever waits for longest hears of it");
// What a refusal may add to the trailer; clients take 8 KB of it unless told otherwise.
inline constexpr size_t kStatusMessageBytesMax = 1024;
inline constexpr size_t kStatusDetailsBytesMax = 4608;
// Questions that wait for a thread.
inline constexpr size_t kQuestionsWaitingMax = 1024;
// Memory that gRPC may hold for all calls together.
inline constexpr size_t kGrpcMemoryBytesMax = 512 << 20;
// A stream is ended, with its cursor, before its connection is (connections:
// kConnectionAgeSecondsMax, then as long again for their streams to end).
inline constexpr int kStreamAgeSecondsMax = 11 * 3600;
inline constexpr int kConnectionAgeSecondsMax = 12 * 3600;
static_assert(kStreamAgeSecondsMax < kConnectionAgeSecondsMax);
inline constexpr int kConnectionIdleSecondsMax = 3600;
inline constexpr int kKeepaliveSeconds = 30;
inline constexpr int kKeepaliveTimeoutSeconds = 10;
inline constexpr int kClientPingSecondsMin = 10;
// Stopping: how long calls get to end, and when the process ends whatever they do.
inline constexpr int kShutdownSeconds = 5;
inline constexpr int kShutdownWatchdogSeconds = 10;
static_assert(kShutdownSeconds < kShutdownWatchdogSeconds);

// Notes and checkpoints.
inline constexpr size_t kNoteBytesMax = 512 << 10;
inline constexpr size_t kNoteSignaturesMax = 100;
inline constexpr size_t kProofHashesMax = 63;
// An event that no checkpoint covers for longer raises an alarm.
inline constexpr int kCheckpointLateSeconds = 10;
// A checkpoint as the log signed it: a name of 127 bytes in the text and in each signature line,
// two keys at a time.
inline constexpr size_t kReleasedNoteBytesMax = 2048;
inline constexpr size_t kKeyFileBytesMax = 4096;
// Contracts whose newest revision the publisher remembers; it looks up what it has forgotten.
inline constexpr size_t kPublisherContractsMax = 20000;
inline constexpr int kTileHeight = 8;
inline constexpr uint64_t kTileWidth = uint64_t{1} << kTileHeight;
inline constexpr size_t kTileBytes = kTileWidth * kDigestBytes;
static_assert(kTileBytes == 8192);

// Disk.
inline constexpr int kDatabaseOpenFilesMax = 512;
// Bounds what an open replays after a crash.
inline constexpr uint64_t kDatabaseLogBytesMax = uint64_t{256} << 20;
inline constexpr uint64_t kDiskReserveBytesDefault = uint64_t{2} << 30;
// A wall clock this far ahead of the last recorded time plus monotonic time is not believed.
inline constexpr int64_t kClockAheadMicrosMax = int64_t{5} * 60 * 1000000;

// The matrix. Rows and columns bound a table before anything in it is understood.
inline constexpr int kLevelMax = 5;
// A version holds every text as it stands and as it is read, so a larger file never fits one event.
inline constexpr size_t kMatrixFileBytesMax = kPayloadBytesMax;
inline constexpr size_t kMatrixRowsMax = 16384;
inline constexpr size_t kMatrixColumnsMax = 64;
// As it stands, blanks and all; as it is read, kTextBytesMax.
inline constexpr size_t kMatrixCellBytesMax = 256 << 10;
static_assert(kTextBytesMax < kMatrixCellBytesMax && kMatrixCellBytesMax < kMatrixFileBytesMax);
inline constexpr size_t kMatrixFocusesMax = 64;
// A code that an imported matrix gives a focus; ".L5.1000000" behind it still makes a criterion id.
inline constexpr size_t kMatrixFocusCodeBytesMax = 48;
static_assert(kMatrixFocusCodeBytesMax + 11 <= kCodeBytesMax);
// Violations that one refused import lists.
inline constexpr size_t kMatrixViolationsMax = 32;

}  // namespace waymark

#endif  // WAYMARK_LEDGER_BASE_LIMITS_H_
