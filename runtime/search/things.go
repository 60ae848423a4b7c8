package search

// This file defines how what threads touch is found by its key.

// things are what a run has touched. There are few of them in most runs, and a map takes longer than to look at each of
// a few. The zero things are none.
type things struct {
	few  []keyed // the first ones
	more map[any]*thing
}

type keyed struct {
	key   any
	thing *thing
}

// fewThings is how many are looked at one after the other.
const fewThings = 12

// get returns what a key stands for, nil if nothing has touched that yet.
func (t *things) get(key any) *thing {
	for i := range t.few {
		if t.few[i].key == key {
			return t.few[i].thing
		}
	}
	if len(t.more) == 0 {
		return nil
	}
	return t.more[key]
}

// add adds a thing under a key that has none.
func (t *things) add(key any, th *thing) {
	if len(t.few) < fewThings {
		t.few = append(t.few, keyed{key, th})
		return
	}
	if t.more == nil {
		t.more = map[any]*thing{}
	}
	t.more[key] = th
}

// reset forgets all.
func (t *things) reset() {
	clear(t.few)
	t.few = t.few[:0]
	clear(t.more)
}
