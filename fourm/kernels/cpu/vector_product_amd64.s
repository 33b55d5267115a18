#include "vector_amd64.h"

// The products of attention: small matrices that are read where they lie. Sums
// of up to 6 rows and 16 columns of C stay in registers (Y0 to Y11); a step
// over k takes 16 numbers of B (Y12, Y13) and one of each row of A (Y14).
//
// Registers: SI and R11 walk over A (rows 0 to 2 and 3 to 5), R9 and R10 are
// its strides; DI walks over B, R12 is its stride; DX and R14 point at C's rows
// 0 and 3, R8 is its stride; R15, R13 begin A's rows and B's columns; AX and BX
// count the rows and columns to come, CX counts k.

#define STEP(to0, to1, from) \
	VBROADCASTSS from, Y14; \
	VFMADD231PS Y12, Y14, to0; \
	VFMADD231PS Y13, Y14, to1

#define ROWS1 STEP(Y0, Y1, (SI))
#define ROWS2 ROWS1; STEP(Y2, Y3, (SI)(R9*1))
#define ROWS4 ROWS2; STEP(Y4, Y5, (SI)(R9*2)); STEP(Y6, Y7, (R11))
#define ROWS6 ROWS4; STEP(Y8, Y9, (R11)(R9*1)); STEP(Y10, Y11, (R11)(R9*2))

#define CLEAR(u, v) VXORPS u, u, u; VXORPS v, v, v
#define CLEAR2 CLEAR(Y0, Y1); CLEAR(Y2, Y3)
#define CLEAR4 CLEAR2; CLEAR(Y4, Y5); CLEAR(Y6, Y7)
#define CLEAR6 CLEAR4; CLEAR(Y8, Y9); CLEAR(Y10, Y11)

// WHOLE and PART read 16 columns of B, PART under the masks Y10 and Y11.
#define WHOLE VMOVUPS (DI), Y12; VMOVUPS 32(DI), Y13
#define PART VMASKMOVPS (DI), Y10, Y12; VMASKMOVPS 32(DI), Y11, Y13

#define ALONG(COLUMNS, ROWS) \
	COLUMNS; \
	ADDQ R12, DI; \
	ROWS; \
	ADDQ R10, SI; \
	ADDQ R10, R11

// SUM runs over k, four at a time.
#define SUM(loop, last, rest, end, COLUMNS, ROWS) \
	MOVQ R15, SI; \
	LEAQ (R9)(R9*2), R11; \
	ADDQ SI, R11; \
	MOVQ R13, DI; \
	MOVQ k+16(FP), CX; \
	SUBQ $4, CX; \
	JLT rest; \
loop: \
	ALONG(COLUMNS, ROWS); \
	ALONG(COLUMNS, ROWS); \
	ALONG(COLUMNS, ROWS); \
	ALONG(COLUMNS, ROWS); \
	SUBQ $4, CX; \
	JGE loop; \
rest: \
	ADDQ $4, CX; \
	JEQ end; \
last: \
	ALONG(COLUMNS, ROWS); \
	DECQ CX; \
	JNZ last; \
end:

// MORE adds a row of C to its sums, PUT writes them.
#define MORE(u, v, at) VADDPS 0 at, u, u; VADDPS 32 at, v, v
#define MORE2 MORE(Y0, Y1, (DX)); MORE(Y2, Y3, (DX)(R8*1))
#define MORE4 MORE2; MORE(Y4, Y5, (DX)(R8*2)); MORE(Y6, Y7, (R14))
#define MORE6 MORE4; MORE(Y8, Y9, (R14)(R8*1)); MORE(Y10, Y11, (R14)(R8*2))
#define PUT(u, v, at) VMOVUPS u, 0 at; VMOVUPS v, 32 at
#define PUT2 PUT(Y0, Y1, (DX)); PUT(Y2, Y3, (DX)(R8*1))
#define PUT4 PUT2; PUT(Y4, Y5, (DX)(R8*2)); PUT(Y6, Y7, (R14))
#define PUT6 PUT4; PUT(Y8, Y9, (R14)(R8*1)); PUT(Y10, Y11, (R14)(R8*2))

// NEXT goes on by n rows of A and C.
#define NEXT(n) \
	IMUL3Q $n, R9, SI; \
	ADDQ SI, R15; \
	IMUL3Q $n, R8, SI; \
	ADDQ SI, DX; \
	SUBQ $n, AX

// BLOCK computes n rows.
#define BLOCK(n, loop, last, rest, end, put, CLEARS, ROWS, MORES, PUTS) \
	CLEARS; \
	SUM(loop, last, rest, end, WHOLE, ROWS); \
	LEAQ (R8)(R8*2), R14; \
	ADDQ DX, R14; \
	CMPB add+80(FP), $0; \
	JEQ put; \
	MORES; \
put: \
	PUTS; \
	NEXT(n)

// ADDPART and PUTPART are MORE and PUT under the masks; they use Y12 and Y13.
#define ADDPART(u, v, at) \
	VMASKMOVPS 0 at, Y10, Y12; \
	VADDPS Y12, u, u; \
	VMASKMOVPS 32 at, Y11, Y13; \
	VADDPS Y13, v, v
#define PUTPART(u, v, at) VMASKMOVPS u, Y10, 0 at; VMASKMOVPS v, Y11, 32 at

// func multiplyFMA(m, n, k int, a *float32, rs, cs uintptr, b *float32, ldb uintptr, c *float32, ldc uintptr, add bool)
// C (m, n) = A B, or C += A B: A (m, k) with strides rs of rows and cs of
// columns, B (k, n) and C with strides ldb and ldc of rows, all in floats.
// None of m, n and k is 0.
TEXT ·multiplyFMA(SB), NOSPLIT, $0-81
	MOVQ n+8(FP), BX
	MOVQ rs+32(FP), R9
	SHLQ $2, R9
	MOVQ cs+40(FP), R10
	SHLQ $2, R10
	MOVQ b+48(FP), R13
	MOVQ ldb+56(FP), R12
	SHLQ $2, R12
	MOVQ ldc+72(FP), R8
	SHLQ $2, R8
columns:
	// C's column is as far on as B's
	MOVQ c+64(FP), DX
	ADDQ R13, DX
	SUBQ b+48(FP), DX
	MOVQ a+24(FP), R15
	MOVQ m+0(FP), AX
	CMPQ BX, $16
	JLT part
rows:
	CMPQ AX, $8
	JEQ four // 4 + 4 rows take less time than 6 + 2
	CMPQ AX, $6
	JLT few
	CMPQ R10, $4
	JNE near
	LEAQ (R9)(R9*2), R11
	LEAQ (R15)(R11*2), SI
	ADDQ SI, R11
#define SOON(at) PREFETCHT0 0 at; PREFETCHT0 64 at; PREFETCHT0 128 at; PREFETCHT0 192 at
	SOON((SI))
	SOON((SI)(R9*1))
	SOON((SI)(R9*2))
	SOON((R11))
	SOON((R11)(R9*1))
	SOON((R11)(R9*2))
near:
	LEAQ (R8)(R8*2), R11
	ADDQ DX, R11
	PREFETCHT0 (DX)
	PREFETCHT0 (DX)(R8*1)
	PREFETCHT0 (DX)(R8*2)
	PREFETCHT0 (R11)
	PREFETCHT0 (R11)(R8*1)
	PREFETCHT0 (R11)(R8*2)
	BLOCK(6, k6, l6, r6, e6, put6, CLEAR6, ROWS6, MORE6, PUT6)
	JMP rows
few:
	CMPQ AX, $4
	JLT two
four:
	BLOCK(4, k4, l4, r4, e4, put4, CLEAR4, ROWS4, MORE4, PUT4)
	JMP rows
two:
	CMPQ AX, $2
	JLT single
	BLOCK(2, k2, l2, r2, e2, put2, CLEAR2, ROWS2, MORE2, PUT2)
single:
	TESTQ AX, AX
	JEQ next
	BLOCK(1, k1, l1, r1, e1, put1, CLEAR(Y0, Y1), ROWS1, MORE(Y0, Y1, (DX)), PUT(Y0, Y1, (DX)))
next:
	ADDQ $64, R13
	SUBQ $16, BX
	JNE columns
	VZEROUPPER
	RET
part:
	// the last 1 to 15 columns
	MOVQ AX, CX
	XORQ SI, SI
	MOVQ BX, DI
	CMPQ DI, $8
	JLE narrow
	LEAQ -8(DI), SI
	MOVQ $8, DI
narrow:
	FIRST(DI, Y10)
	FIRST(SI, Y11)
	MOVQ CX, AX
rowsPart:
	CMPQ AX, $4
	JLT fewPart
	CLEAR4
	SUM(p4, lp4, rp4, ep4, PART, ROWS4)
	LEAQ (R8)(R8*2), R14
	ADDQ DX, R14
	CMPB add+80(FP), $0
	JEQ putPart4
	ADDPART(Y0, Y1, (DX))
	ADDPART(Y2, Y3, (DX)(R8*1))
	ADDPART(Y4, Y5, (DX)(R8*2))
	ADDPART(Y6, Y7, (R14))
putPart4:
	PUTPART(Y0, Y1, (DX))
	PUTPART(Y2, Y3, (DX)(R8*1))
	PUTPART(Y4, Y5, (DX)(R8*2))
	PUTPART(Y6, Y7, (R14))
	NEXT(4)
	JMP rowsPart
fewPart:
	TESTQ AX, AX
	JEQ done
	CLEAR(Y0, Y1)
	SUM(p1, lp1, rp1, ep1, PART, ROWS1)
	CMPB add+80(FP), $0
	JEQ putPart1
	ADDPART(Y0, Y1, (DX))
putPart1:
	PUTPART(Y0, Y1, (DX))
	NEXT(1)
	JMP fewPart
done:
	VZEROUPPER
	RET
