// What the daemon's allocator is told before main begins. An event is many small strings that one
// thread allocates and another frees; with an arena for each processor neither waits for the other.
// jemalloc(3), "TUNING".
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "percpu_arena:percpu";
}
