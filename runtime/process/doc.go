// Package process is what multiprocessing is made of: processes, pipes that carry messages, semaphores, and shared
// memory.
//
// CPython builds its module on these four, and so do we. They are written once, on an Arena: memory that all processes
// of a family have in common. On a real machine that is a file without a name that each of them maps, and a process is
// one of the operating system; on a simulated machine it is Go's memory, and a process is an Interpreter with a GIL of
// its own on the same machine. What blocks is a machine.Word whose value lies in the arena, so nothing here asks on
// which machine it is.
//
//	System       a process as its own code sees it: Spawn, NewSemaphore, NewPipe, NewMemory, Dumps, Loads
//	* Process    a process as others see it: its number, its end
//	* Semaphore  SemLock: a counting one, or a recursive lock, with its holder
//	* End        one end of a pipe: messages in both directions or in one
//	* Memory     bytes that processes share
//	* Block      the same, with a name by which processes find them
//	Handle       each of them as a number, which travels beside a message
//	Launcher     starts a process: Simulated here, the real one where programs know how to start themselves
//
// Each object of the arena records which processes refer to it. When a process ends, however it ends, its parent
// removes it from all of them: an object that no process refers to is freed, and a pipe that no process can write to is
// at its end. The arena itself has no name in any file system and goes with its last process.
package process
