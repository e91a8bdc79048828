#include "textflag.h"

// MASK writes the bits of the bytes of x that have a bit in common with bits; y and r are overwritten.
#define MASK(x, bits, y, r, out) \
	VPAND     x, bits, y   \
	VPCMPEQB  Y5, y, y     \
	VPMOVMSKB y, r         \
	NOTL      r            \
	MOVL      r, out

// HALF classifies 32 bytes: Y11 and Y12 become their classes of the first and second table.
#define HALF(from, to) \
	VMOVDQU   from(SI), Y9    \
	VPSRLW    $4, Y9, Y10     \
	VPAND     Y4, Y10, Y10    \
	VPSHUFB   Y9, Y0, Y11     \
	VPSHUFB   Y10, Y1, Y13    \
	VPAND     Y13, Y11, Y11   \
	VPSHUFB   Y9, Y2, Y12     \
	VPSHUFB   Y10, Y3, Y13    \
	VPAND     Y13, Y12, Y12   \
	MASK(Y11, Y6, Y13, R8, to+0(DI))  \
	MASK(Y11, Y7, Y14, R9, to+8(DI))  \
	VPSLLW    $7, Y12, Y13    \
	VPOR      Y13, Y11, Y13   \
	VPMOVMSKB Y13, R10        \
	MOVL      R10, to+16(DI)  \
	MASK(Y12, Y8, Y14, R11, to+24(DI)) \
	VPMOVMSKB Y12, R12        \
	MOVL      R12, to+32(DI)  \
	VPSLLW    $6, Y11, Y13    \
	VPMOVMSKB Y13, R8         \
	MOVL      R8, to+40(DI)   \
	VPSLLW    $3, Y12, Y14    \
	VPMOVMSKB Y14, R9         \
	MOVL      R9, to+48(DI)   \
	MASK(Y12, Y7, Y13, R10, to+56(DI))

// func classifyAVX2(dst *block, src *byte, n int, t *nibbleTables)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-32
	MOVQ    dst+0(FP), DI
	MOVQ    src+8(FP), SI
	MOVQ    n+16(FP), CX
	MOVQ    t+24(FP), BX
	VMOVDQU 0(BX), Y0
	VMOVDQU 32(BX), Y1
	VMOVDQU 64(BX), Y2
	VMOVDQU 96(BX), Y3
	MOVQ    $0x0f0f0f0f0f0f0f0f, AX // the low half of a byte, and the glue of the second table
	MOVQ    AX, X4
	VPBROADCASTQ X4, Y4
	VMOVDQA Y4, Y8
	VPXOR   Y5, Y5, Y5
	MOVQ    $0x1f1f1f1f1f1f1f1f, AX // word bytes, of the first table
	MOVQ    AX, X6
	VPBROADCASTQ X6, Y6
	MOVQ    $0x6060606060606060, AX // marks of the first table, soft of the second
	MOVQ    AX, X7
	VPBROADCASTQ X7, Y7

loop:
	TESTQ CX, CX
	JZ    done
	HALF(0, 0)
	HALF(32, 4)
	ADDQ  $64, SI
	ADDQ  $64, DI
	DECQ  CX
	JMP   loop

done:
	VZEROUPPER
	RET
