package advice_test

// This file tests which names are near each other.

import (
	"slices"
	"testing"

	"gilkernel/kernel/advice"
)

func TestDistance(t *testing.T) {
	for _, r := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"time", "time", 0}, {"time", "tmie", 1}, {"time", "tim", 1}, {"time", "timer", 1},
		{"time", "tame", 1}, {"who", "cd", 3}, {"abcdef", "", 6},
	} {
		if got := advice.Distance(r.a, r.b, 10); got != r.want {
			t.Errorf("distance(%q, %q) = %d, want %d", r.a, r.b, got, r.want)
		}
		if got := advice.Distance(r.b, r.a, 10); got != r.want {
			t.Errorf("distance(%q, %q) = %d, want %d", r.b, r.a, got, r.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, r := range []struct {
		word  string
		names []string
		want  string
	}{
		{"Printn", []string{"Print", "Println", "Printf"}, "Println"},
		{"Prinln", []string{"Print", "Println"}, "Println"},
		{"x", []string{"y"}, ""},
		{"fmy", []string{"fmt", "foo"}, "fmt"},
		{"totl", []string{"total", "toto"}, "total"},
		{"nothing", []string{"everything"}, ""},
	} {
		if got := advice.Nearest(r.word, slices.Values(r.names), advice.Close(r.word)); got != r.want {
			t.Errorf("%s: %q, want %q", r.word, got, r.want)
		}
	}
	for _, r := range []struct {
		word  string
		names []string
		want  string
	}{
		{"is_alive", []string{"IsAlive", "NewIsalive"}, "IsAlive"},
		{"Lock", []string{"NewLock", "RLock"}, "NewLock"},
		{"lock", []string{"NewLock", "Lock"}, "Lock"},
		{"X", []string{"x", "y"}, "x"},
		{"y", []string{"x"}, ""},
	} {
		if got := advice.Like(r.word, slices.Values(r.names)); got != r.want {
			t.Errorf("%s: %q, want %q", r.word, got, r.want)
		}
	}
}
