// Package sharedmemory is Python's multiprocessing.shared_memory: memory that processes find by name.
//
//	Python                                    Go                                          what differs, and why
//	SharedMemory(create=True, size=16)        NewSharedMemory(Create(true), Size(16))
//	SharedMemory("psm_21467")                 NewSharedMemory(Name("psm_21467"))
//	s.name s.size                             s.Name() s.Size()
//	s.buf[0] s.buf[0] = 42                    s.Buf().Get(0) s.Buf().Set(0, 42)           checked: a closed one is a ValueError, not a crash
//	bytes(s.buf[1:3]) s.buf[1:3] = b"ab"      s.Buf().Slice(1, 3) s.Buf().SetSlice(1, 3, b)
//	memoryview(b)[:] = s.buf[1:3]             s.Buf().CopyTo(b, 1, 3)
//	with memoryview(s.buf) as v: …            s.Buf().With(func(v []byte) { … })          the fast way: v is the memory itself
//	s.close() s.unlink()                      s.Close() s.Unlink()
//	ShareableList([1, "a"])                   NewShareableList([]any{1, "a"})
//	ShareableList(name=n)                     NewShareableList(nil, Name(n))
//	l[0] l[0] = 7 len(l)                      l.Get(0) l.Set(0, 7) l.Len()
//	for x in l:                               for x := range l.All()
//	l.count(7) l.index(7) l.shm l.format      l.Count(7) l.Index(7) l.Shm() l.Format()
//	—                                         track=False: nothing tracks blocks here
//
// A name belongs to the processes of a family: the first one and its descendants. It isn't a file in /dev/shm, so no
// other program can open the block, and a process that is killed leaves no block behind: the blocks of a family are
// freed with its last process. When a process that has attached a block ends, it doesn't unlink the block; CPython
// through 3.12 does (cpython#82300). After Unlink the block remains for the processes that have it, and is freed when
// the last of them has closed it or has ended.
//
// A string in a ShareableList keeps the NUL characters at its end, which CPython drops.
package sharedmemory
