package builtins

// This file defines loops over dictionaries: dictiter_iternextkey and similar functions.

import (
	"iter"

	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/gil"
)

// Keys returns an iterator over the keys: for k in d, d.keys(). The loop panics with a RuntimeError, "dictionary
// changed size during iteration", if there are more or fewer keys at its next turn than at its beginning, in whatever
// thread that was done: with a GIL and without. ListOf(d) takes all keys at once; in Python 2 Keys does too.
func (d *Dict) Keys() iter.Seq[any] {
	each := d.Items()
	return func(yield func(any) bool) { each(func(k, _ any) bool { return yield(k) }) }
}

// Values returns an iterator over the values: d.values(). The rest is as with Keys.
func (d *Dict) Values() iter.Seq[any] {
	each := d.Items()
	return func(yield func(any) bool) { each(func(_, v any) bool { return yield(v) }) }
}

// Items returns an iterator over the pairs: for k, v in d.items(). The rest is as with Keys.
func (d *Dict) Items() iter.Seq2[any, any] {
	if gil.Current().Minor() < 300 {
		d.seen()
		pairs := d.pairs()
		return func(yield func(any, any) bool) {
			for _, e := range pairs {
				d.reading()
				if !yield(e.key, e.value) {
					return
				}
			}
		}
	}
	return func(yield func(any, any) bool) {
		d.seen()
		w := walk{d: d, used: d.length()}
		for w.left = w.used; ; {
			d.reading()
			e, wrong := w.next()
			if wrong != "" {
				panic(exceptions.Runtime("%s", wrong))
			}
			if !e.live || !yield(e.key, e.value) {
				return
			}
		}
	}
}

// walk is a dictiterobject.
type walk struct {
	d          *Dict
	used, left int
	at         int
}

// next returns the next entry, one that isn't live at the end.
func (w *walk) next() (e entry, wrong string) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	if w.d.used != w.used {
		return e, "dictionary changed size during iteration"
	}
	for ; w.at < len(w.d.entries); w.at++ {
		if e = w.d.entries[w.at]; !e.live {
			continue
		}
		if w.left == 0 {
			return e, "dictionary keys changed during iteration"
		}
		w.at++
		w.left--
		return e, ""
	}
	return entry{}, ""
}
