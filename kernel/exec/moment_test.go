package exec_test

// This file tests values that travel in three registers.

import "testing"

// Values of time.Time go to compiled functions and methods, and come back, whatever the call.
func TestMoments(t *testing.T) {
	got := run(t, `import "time"
type own struct { a uint64; b int64; c *int }
func main() {
	a := time.Date(2026, 5, 17, 10, 30, 0, 0, time.UTC)
	b := a.Add(90 * time.Minute)
	println(b.Sub(a) == 90*time.Minute, a.Before(b), b.After(a), a.Equal(a), a.Compare(b), b.Unix()-a.Unix(), a.Hour(), b.Format("15:04"), a.IsZero(), time.Time{}.IsZero())
	println(time.Unix(a.Unix(), 5).UTC().Sub(a) == 5, a.UTC() == a, a.Round(time.Hour).Hour(), time.Since(time.Now()) < time.Minute, time.Until(b.AddDate(100, 0, 0)) > 0)
	f, g := time.Now, b.Sub
	println(!f().IsZero(), g(a) == 90*time.Minute, b.Truncate(time.Hour).Minute(), a.In(time.FixedZone("x", 3600)).Hour(), b.Location() == time.UTC)
	n := 7
	x := own{1, 2, &n}
	y := x
	println(y == x, *y.c)
	m := map[time.Time]string{a: "a", b: "b"}
	println(m[a.Add(90*time.Minute)], len(m), a.String())
}`)
	want := `true true true true -1 5400 10 12:00 false true
true true 11 true true
true true 0 11 true
true 7
b 2 2026-05-17 10:30:00 +0000 UTC
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
