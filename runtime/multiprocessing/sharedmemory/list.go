package sharedmemory

// This file defines lists in shared memory.

import (
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"reflect"
	"strings"

	"gilkernel/runtime/builtins"
	"gilkernel/runtime/exceptions"
	"gilkernel/runtime/pickle"
)

// A ShareableList is shared_memory.ShareableList: a list of fixed length in shared memory, of ints, float64s, bools,
// strings, []bytes and nils. Items can be replaced, also by values of other types; a string or bytes must fit into the
// space that the first value got: its length, rounded up to the next multiple of 8. Each access is atomic for the
// threads of a process, but not for other processes: use a lock. NewShareableList makes a list; its zero value can't be
// used. It can be sent to other processes of the family.
type ShareableList struct {
	shm *SharedMemory
	n   int
}

// The layout of a list in its block: listMagic, the number of items, an entry for each item, then their values.
const (
	listMagic = 0x7473696c6b6c6967
	listHead  = 16
	// Offsets in an entry: the type and the length of the value, its offset in the block, and the size of its space.
	entryKind = 0
	entryLen  = 8
	entryAt   = 16
	entryCap  = 24
	entrySize = 32
)

// The types of items.
const (
	kindNone = iota
	kindBool
	kindInt
	kindFloat
	kindText
	kindBytes
)

// An item is a value as it is stored in memory.
type item struct {
	kind int
	b    []byte
}

// itemOf returns a value as it is stored. It panics with a TypeError if a list can't store it, and with an
// OverflowError if it is too large.
func itemOf(i int, x any) item {
	word := func(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
	switch v := reflect.ValueOf(x); {
	case x == nil:
		return item{kindNone, word(0)}
	case v.Kind() == reflect.Bool:
		if v.Bool() {
			return item{kindBool, word(1)}
		}
		return item{kindBool, word(0)}
	case v.CanInt():
		return item{kindInt, word(uint64(v.Int()))}
	case v.CanUint():
		if v.Uint() > math.MaxInt64 {
			panic(&exceptions.OverflowError{Message: fmt.Sprintf("item %d, %d, is too large: an int has 64 bits", i,
				v.Uint())})
		}
		return item{kindInt, word(v.Uint())}
	case v.CanFloat():
		return item{kindFloat, word(math.Float64bits(v.Float()))}
	case v.Kind() == reflect.String:
		return item{kindText, []byte(v.String())}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return item{kindBytes, v.Bytes()}
	}
	panic(exceptions.Type("item %d of a ShareableList can't be of type %T: use int, float64, bool, string, []byte or "+
		"nil", i, x))
}

// value is the inverse of itemOf.
func (x item) value() any {
	word := func() uint64 { return binary.LittleEndian.Uint64(x.b) }
	switch x.kind {
	case kindBool:
		return word() != 0
	case kindInt:
		return int(word())
	case kindFloat:
		return math.Float64frombits(word())
	case kindText:
		return string(x.b)
	case kindBytes:
		return append([]byte{}, x.b...)
	}
	return nil
}

// NewShareableList makes a list of the items of a sequence, with a Name if one is given, or attaches the list of a Name
// if the sequence is nil. It panics with a TypeError for an item of another type, with a ValueError if the block of
// that name has no list, and as NewSharedMemory does.
func NewShareableList(sequence any, opts ...Option) *ShareableList {
	t, s := here("NewShareableList")
	var o Option
	for _, x := range opts {
		if x.what != optName {
			panic(exceptions.Type("NewShareableList takes a sequence and a Name"))
		}
		o.name = x.name
	}
	if sequence == nil {
		if o.name == "" {
			panic(exceptions.Value("'name' can only be None if there is a sequence: pass items to make a list, or " +
				"Name(…) to attach one"))
		}
		return attached(open(t, s, o))
	}
	var items []item
	size := listHead
	for x := range builtins.ListOf(sequence).All() {
		x := itemOf(len(items), x)
		items = append(items, x)
		size += entrySize + x.room()
	}
	o.create, o.size = true, size
	l := &ShareableList{open(t, s, o), len(items)}
	l.shm.buf.use(func(mem []byte) {
		at := listHead + entrySize*len(items)
		for i, x := range items {
			e := mem[listHead+entrySize*i:]
			binary.LittleEndian.PutUint64(e[entryAt:], uint64(at))
			binary.LittleEndian.PutUint64(e[entryCap:], uint64(x.room()))
			l.put(mem, i, x)
			at += x.room()
		}
		binary.LittleEndian.PutUint64(mem[8:], uint64(len(items)))
		binary.LittleEndian.PutUint64(mem, listMagic)
	})
	return l
}

// room returns how many bytes of space an item gets.
func (x item) room() int {
	if x.kind < kindText {
		return 8
	}
	return 8 * (len(x.b)/8 + 1)
}

// attached returns the list that shm holds. If there is none, it closes shm and panics with a ValueError.
func attached(shm *SharedMemory) *ShareableList {
	l := &ShareableList{shm: shm}
	ok := false
	shm.buf.use(func(mem []byte) {
		if len(mem) < listHead || binary.LittleEndian.Uint64(mem) != listMagic {
			return
		}
		n := binary.LittleEndian.Uint64(mem[8:])
		if ok = n <= uint64(len(mem)-listHead)/entrySize; ok {
			l.n = int(n)
		}
	})
	if !ok {
		shm.Close()
		panic(exceptions.Value("block '%s' has no ShareableList", shm.Name()))
	}
	return l
}

// place returns the space of item i and its entry. It panics with a ValueError if a program has overwritten the entry.
func (l *ShareableList) place(mem []byte, i int) (room, entry []byte) {
	entry = mem[listHead+entrySize*i:][:entrySize]
	at, size := binary.LittleEndian.Uint64(entry[entryAt:]), binary.LittleEndian.Uint64(entry[entryCap:])
	if size < 8 || at > uint64(len(mem)) || size > uint64(len(mem))-at {
		panic(exceptions.Value("the ShareableList in block '%s' was overwritten: item %d can't be found", l.shm.Name(),
			i))
	}
	return mem[at : at+size : at+size], entry
}

// put replaces item i and reports whether the space was large enough.
func (l *ShareableList) put(mem []byte, i int, x item) bool {
	room, e := l.place(mem, i)
	if len(x.b) > len(room) {
		return false
	}
	copy(room, x.b)
	binary.LittleEndian.PutUint64(e[entryLen:], uint64(len(x.b)))
	binary.LittleEndian.PutUint64(e[entryKind:], uint64(x.kind))
	return true
}

// take returns item i.
func (l *ShareableList) take(mem []byte, i int) item {
	room, e := l.place(mem, i)
	n, kind := binary.LittleEndian.Uint64(e[entryLen:]), binary.LittleEndian.Uint64(e[entryKind:])
	if kind < kindText {
		n = 8
	}
	return item{int(kind), room[:min(n, uint64(len(room)))]}
}

func (l *ShareableList) check() *Buffer {
	if l == nil || l.shm == nil {
		panic(exceptions.Type("a ShareableList is made by NewShareableList: its zero value can't be used"))
	}
	return l.shm.buf
}

// position returns an index that may be negative as one from 0. It panics with an IndexError, words, if there is no
// such item.
func (l *ShareableList) position(i int, words string) int {
	if i < 0 {
		i += l.n
	}
	if i < 0 || i >= l.n {
		panic(&exceptions.IndexError{Message: words})
	}
	return i
}

// Len returns the number of items: len(l).
func (l *ShareableList) Len() int { l.check(); return l.n }

// Get returns an item: l[i]. It panics with an IndexError, "index out of range", if there is no such item, and with a
// ValueError after Close of its memory.
func (l *ShareableList) Get(i int) (x any) {
	l.check().use(func(mem []byte) { x = l.take(mem, l.position(i, "index out of range")).value() })
	return x
}

// Set replaces an item: l[i] = x. It panics with an IndexError, "assignment index out of range", if there is no such
// item, with a ValueError, "bytes/str item exceeds available storage", if a string or bytes don't fit, with a TypeError
// for other types, and with a ValueError after Close of its memory.
func (l *ShareableList) Set(i int, x any) {
	l.check().use(func(mem []byte) {
		at := l.position(i, "assignment index out of range")
		if !l.put(mem, at, itemOf(i, x)) {
			room, _ := l.place(mem, at)
			panic(exceptions.Value("bytes/str item exceeds available storage: item %d has room for %d bytes", i,
				len(room)))
		}
	})
}

// All yields the items: for x in l.
func (l *ShareableList) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range l.Len() {
			if !yield(l.Get(i)) {
				return
			}
		}
	}
}

// Count returns how many items equal x, as Python compares: 1, 1.0 and true are equal.
func (l *ShareableList) Count(x any) (n int) {
	for y := range l.All() {
		if builtins.Equal(x, y) {
			n++
		}
	}
	return n
}

// Index returns the index of the first item that equals x. It panics with a ValueError, "'x' not in this container", if
// none does.
func (l *ShareableList) Index(x any) int {
	i := 0
	for y := range l.All() {
		if builtins.Equal(x, y) {
			return i
		}
		i++
	}
	panic(exceptions.Value("%s not in this container", show(x)))
}

// Shm returns the memory of the list: close and unlink that.
func (l *ShareableList) Shm() *SharedMemory { l.check(); return l.shm }

// Format returns the types of the items in the notation of Python's struct: "qd8s".
func (l *ShareableList) Format() string {
	var b strings.Builder
	l.check().use(func(mem []byte) {
		for i := range l.n {
			room, _ := l.place(mem, i)
			switch l.take(mem, i).kind {
			case kindBool:
				b.WriteString("xxxxxxx?")
			case kindInt:
				b.WriteString("q")
			case kindFloat:
				b.WriteString("d")
			case kindText, kindBytes:
				fmt.Fprintf(&b, "%ds", len(room))
			default:
				b.WriteString("xxxxxx?x")
			}
		}
	})
	return b.String()
}

// String returns what repr shows: "ShareableList([1, 'a'], name='psm_21467')".
func (l *ShareableList) String() string {
	if l == nil || l.shm == nil {
		return "ShareableList([])"
	}
	if l.shm.block.Closed() {
		return "ShareableList(closed, name='" + l.shm.Name() + "')"
	}
	var parts []string
	for x := range l.All() {
		parts = append(parts, show(x))
	}
	return fmt.Sprintf("ShareableList([%s], name='%s')", strings.Join(parts, ", "), l.shm.Name())
}

// show returns repr of an item.
func show(x any) string {
	b, ok := x.([]byte)
	if !ok {
		return builtins.Repr(x)
	}
	var s strings.Builder
	for _, c := range b {
		switch {
		case c == '\n':
			s.WriteString(`\n`)
		case c == '\r':
			s.WriteString(`\r`)
		case c == '\t':
			s.WriteString(`\t`)
		case c == '\'' || c == '\\':
			s.WriteString("\\" + string(rune(c)))
		case c < ' ' || c > '~':
			fmt.Fprintf(&s, `\x%02x`, c)
		default:
			s.WriteByte(c)
		}
	}
	return "b'" + s.String() + "'"
}

// Reduce implements pickle.Reducer.
func (l *ShareableList) Reduce(*pickle.Pickler) (any, error) {
	l.check()
	return []any{l.shm}, nil
}

// Restore implements pickle.Restorer.
func (l *ShareableList) Restore(_ *pickle.Unpickler, state any) (err error) {
	list, _ := state.([]any)
	if len(list) != 1 {
		return errStrange
	}
	shm, ok := list[0].(*SharedMemory)
	if !ok {
		return errStrange
	}
	defer func() {
		if e, ok := recover().(error); ok {
			err = e
		}
	}()
	*l = *attached(shm)
	return nil
}
