//go:build !portable

#include "textflag.h"

// One stub: the closure register gets the slot's function value, whose first
// word is its code. Arguments and stack stay as the caller left them.
#define S1(n) MOVQ ·slots+(8*(n))(SB), DX; JMP (DX)
#define S4(n) S1(n); S1(n+1); S1(n+2); S1(n+3)
#define S16(n) S4(n); S4(n+4); S4(n+8); S4(n+12)
#define S64(n) S16(n); S16(n+16); S16(n+32); S16(n+48)
#define S256(n) S64(n); S64(n+64); S64(n+128); S64(n+192)
#define S1024(n) S256(n); S256(n+256); S256(n+512); S256(n+768)
#define S4096(n) S1024(n); S1024(n+1024); S1024(n+2048); S1024(n+3072)

TEXT stubs<>(SB), NOSPLIT|NOFRAME, $0-0
	S4096(0)
	S4096(4096)
	S4096(8192)
	S4096(12288)
	S4096(16384)
	S4096(20480)
	S4096(24576)
	S4096(28672)
	RET

// func stubBase() uintptr
TEXT ·stubBase(SB), NOSPLIT, $0-8
	LEAQ stubs<>(SB), AX
	MOVQ AX, ret+0(FP)
	RET
