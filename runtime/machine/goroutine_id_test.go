package machine

import (
	"runtime"
	"sync"
	"testing"
)

func TestGoroutineIDIsTheNumberThatGoPrints(t *testing.T) {
	if offset := goroutineIDOffset(); offset == 0 && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") {
		t.Errorf("the number's place in a g of %s isn't found: each call takes microseconds", runtime.Version())
	}
	seen := map[int64]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			id, printed := GoroutineID(), printedID()
			runtime.Gosched()
			if id != printed || id == 0 || GoroutineID() != id {
				t.Errorf("the number is %d, and %d later; Go prints %d", id, GoroutineID(), printed)
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[id] {
				t.Errorf("two goroutines have the number %d", id)
			}
			seen[id] = true
		})
	}
	all.Wait()
}
