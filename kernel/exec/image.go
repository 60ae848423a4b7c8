package exec

// This file defines images: further sets of package variables. Compiled code is one for all of them, and so are types;
// which variables a function means depends on the goroutine that runs it. Each simulated process and each
// sub-interpreter has an image of its own.

import (
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// An Image is a set of package variables, each of which is zero until it is written or placed. A nil *Image is the
// engine's own set. A variable takes memory in an image once code has mentioned it there; it is freed with the image.
// All methods are safe for concurrent use.
type Image struct {
	e     *Engine
	mu    sync.Mutex // held by those who add to pages
	pages atomic.Pointer[[]*imagePage]
}

// imagePage holds the places of variables with numbers in a row. They are read and written atomically.
type imagePage [64]unsafe.Pointer

// NewImage returns an image whose variables are all zero.
func (e *Engine) NewImage() *Image { return &Image{e: e} }

// Imaged is implemented by threads and origins whose goroutines have an image. Go statements hand theirs down.
type Imaged interface{ Image() *Image }

// imageOf returns the image of a thread or an origin.
func imageOf(x any) *Image {
	if i, ok := x.(Imaged); ok {
		return i.Image()
	}
	return nil
}

// globalSlot is what is common to the places that a package variable has in the images.
type globalSlot struct {
	n     int            // its number; those of removed variables aren't used again; 0: of a module, which all share
	t     *typ           // of the variable
	place unsafe.Pointer // in the engine's own set
}

// at returns the variable's place for the goroutine of a frame.
func (s *globalSlot) at(fr *frame) unsafe.Pointer {
	if m := fr.g.image; m != nil && s.n > 0 {
		return m.place(s)
	}
	return s.place
}

// in returns the variable's place in an image.
func (s *globalSlot) in(m *Image) unsafe.Pointer {
	if m == nil || s.n == 0 {
		return s.place
	}
	return m.place(s)
}

// place returns a variable's place, which is made when it is asked for first.
func (m *Image) place(s *globalSlot) unsafe.Pointer {
	if pages := m.pages.Load(); pages != nil && s.n>>6 < len(*pages) {
		if page := (*pages)[s.n>>6]; page != nil {
			if p := atomic.LoadPointer(&page[s.n&63]); p != nil {
				return p
			}
		}
	}
	return m.set(s, nil)
}

// set gives a variable a place, new memory if p is nil, unless it has one then.
func (m *Image) set(s *globalSlot, p unsafe.Pointer) unsafe.Pointer {
	m.mu.Lock()
	defer m.mu.Unlock()
	var pages []*imagePage
	if old := m.pages.Load(); old != nil {
		pages = *old
	}
	if s.n>>6 >= len(pages) || pages[s.n>>6] == nil { // readers may have the old list
		pages = append(make([]*imagePage, 0, max(len(pages), s.n>>6+1)), pages...)
		pages = pages[:cap(pages)]
		pages[s.n>>6] = new(imagePage)
		m.pages.Store(&pages)
	}
	at := &pages[s.n>>6][s.n&63]
	if p == nil {
		if old := atomic.LoadPointer(at); old != nil {
			return old
		}
		p = unsafeNew(m.e.rtype(s.t))
	}
	atomic.StorePointer(at, p)
	return p
}

// Number returns the number of the package variable that has its place at an address in the image, which is the same in
// all images of the engine; 0 if there is none, or it is a module's. It takes a moment.
func (m *Image) Number(at unsafe.Pointer) int {
	pages := m.pages.Load()
	if pages == nil || at == nil {
		return 0
	}
	for i, page := range *pages {
		if page == nil {
			continue
		}
		for j := range page {
			if atomic.LoadPointer(&page[j]) == at {
				return i<<6 + j
			}
		}
	}
	return 0
}

// Place makes memory, of the variable's type, a package variable of the image, by the name that holds in other
// processes. It reports whether there is such a variable. Code that holds the variable's old address keeps it.
func (m *Image) Place(name string, t reflect.Type, p unsafe.Pointer) bool {
	s := m.e.slot(name)
	if s == nil || m.e.reflect(s.t) != t {
		return false
	}
	m.set(s, p)
	return true
}

// slot returns the slot of a package variable, by its name in other processes; nil if there is no such variable.
func (e *Engine) slot(name string) *globalSlot {
	e.compileMu.Lock()
	defer e.compileMu.Unlock()
	if v := e.global(e.ids.object(name)); v != nil {
		return v.global
	}
	return nil
}

// newSlot makes a variable with a place. It is called with compileMu held.
func (e *Engine) newSlot(t *typ) *globalSlot {
	e.slots++
	return &globalSlot{n: e.slots, t: t, place: unsafeNew(e.rtype(t))}
}

// forgottenSlot is what is left of a variable that no later source mentions.
type forgottenSlot struct {
	n     int
	place weak.Pointer[byte]
}

// forgetVariable gives up the place of a variable. It is called with compileMu held.
func (e *Engine) forgetVariable(o types.Object, v *variable) {
	e.globals[o] = &variable{t: v.t}
	e.forgotten[o] = forgottenSlot{v.global.n, weak.Make((*byte)(v.global.place))}
}
