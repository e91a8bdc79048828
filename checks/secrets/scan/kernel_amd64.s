#include "textflag.h"

// What a byte's high half selects in the sets' tables: one bit for each of the eight halves of ASCII.
DATA highBits<>+0x00(SB)/8, $0x8040201008040201
DATA highBits<>+0x08(SB)/8, $0
DATA highBits<>+0x10(SB)/8, $0x8040201008040201
DATA highBits<>+0x18(SB)/8, $0
GLOBL highBits<>(SB), RODATA|NOPTR, $32

DATA lowHalves<>+0x00(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lowHalves<>+0x08(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lowHalves<>+0x10(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lowHalves<>+0x18(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL lowHalves<>(SB), RODATA|NOPTR, $32

// HALVES splits the bytes in value into low (in place) and high halves.
#define HALVES(value, high) \
	VPSRLW $4, value, high \
	VPAND  Y0, value, value \
	VPAND  Y0, high, high

// NARROW keeps in buckets those that allow the byte with these halves. It overwrites Y12 and Y13.
#define NARROW(lowTable, highTable, low, high, buckets) \
	VPSHUFB low, lowTable, Y12 \
	VPSHUFB high, highTable, Y13 \
	VPAND   Y12, buckets, buckets \
	VPAND   Y13, buckets, buckets

// BANK narrows the buckets of one bank by the bytes at one position of the fingerprints.
#define BANK(table, first, second) \
	VMOVDQU (table)(BX), Y10 \
	VMOVDQU (table+32)(BX), Y11 \
	NARROW(Y10, Y11, Y6, Y7, first) \
	NARROW(Y10, Y11, Y8, Y9, second)

// POSITION narrows the buckets of the banks (Y2 and Y3, Y4 and Y5, Y14 and Y15).
#define POSITION(offset) \
	VMOVDQU offset(SI), Y6 \
	VMOVDQU (offset+32)(SI), Y8 \
	HALVES(Y6, Y7) \
	HALVES(Y8, Y9) \
	BANK(offset*192, Y2, Y3) \
	BANK(offset*192+64, Y4, Y5) \
	BANK(offset*192+128, Y14, Y15)

// MASK stores a bit for each byte of both registers that is not zero.
#define MASK(first, second, to) \
	VPCMPEQB  Y1, first, first \
	VPCMPEQB  Y1, second, second \
	VPMOVMSKB first, AX \
	VPMOVMSKB second, R8 \
	SHLQ      $32, R8 \
	ORQ       R8, AX \
	NOTQ      AX \
	MOVQ      AX, to

// func matchAVX2(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)
TEXT ·matchAVX2(SB), NOSPLIT, $0-32
	MOVQ    data+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    tables+16(FP), BX
	MOVQ    out+24(FP), DI
	VMOVDQU lowHalves<>(SB), Y0
	VPXOR   Y1, Y1, Y1
	TESTQ   CX, CX
	JZ      matched

block:
	VPCMPEQB Y2, Y2, Y2
	VPCMPEQB Y3, Y3, Y3
	VPCMPEQB Y4, Y4, Y4
	VPCMPEQB Y5, Y5, Y5
	VPCMPEQB Y14, Y14, Y14
	VPCMPEQB Y15, Y15, Y15
	POSITION(0)
	POSITION(1)
	POSITION(2)
	POSITION(3)
	VPOR     Y4, Y2, Y2
	VPOR     Y5, Y3, Y3
	VPOR     Y14, Y2, Y2
	VPOR     Y15, Y3, Y3
	MASK(Y2, Y3, (DI))
	ADDQ     $64, SI
	ADDQ     $8, DI
	DECQ     CX
	JNZ      block

matched:
	VZEROUPPER
	RET

// SET stores the bitmap of one set: a byte is in it where its two halves share a bit. A byte above ASCII has none.
#define SET(table, to) \
	VPSHUFB Y6, table, Y10 \
	VPSHUFB Y8, table, Y11 \
	VPAND   Y7, Y10, Y10 \
	VPAND   Y9, Y11, Y11 \
	MASK(Y10, Y11, (to)(DX*1))

// func classifyAVX2(data *byte, blocks int, low *[classes][32]uint8, out *[classes][]uint64)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-32
	MOVQ    data+0(FP), SI
	MOVQ    blocks+8(FP), CX
	MOVQ    low+16(FP), BX
	MOVQ    out+24(FP), DX
	MOVQ    0(DX), DI
	MOVQ    24(DX), R9
	MOVQ    48(DX), R10
	MOVQ    72(DX), R11
	MOVQ    96(DX), R12
	MOVQ    120(DX), R13
	XORQ    DX, DX
	VMOVDQU lowHalves<>(SB), Y0
	VPXOR   Y1, Y1, Y1
	VMOVDQU 0(BX), Y2
	VMOVDQU 32(BX), Y3
	VMOVDQU 64(BX), Y4
	VMOVDQU 96(BX), Y12
	VMOVDQU 128(BX), Y13
	VMOVDQU 160(BX), Y14
	VMOVDQU highBits<>(SB), Y5
	TESTQ   CX, CX
	JZ      classified

classifyBlock:
	VMOVDQU (SI), Y6
	VMOVDQU 32(SI), Y8
	HALVES(Y6, Y7)
	HALVES(Y8, Y9)
	VPSHUFB Y7, Y5, Y7
	VPSHUFB Y9, Y5, Y9
	SET(Y2, DI)
	SET(Y3, R9)
	SET(Y4, R10)
	SET(Y12, R11)
	SET(Y13, R12)
	SET(Y14, R13)
	ADDQ    $64, SI
	ADDQ    $8, DX
	DECQ    CX
	JNZ     classifyBlock

classified:
	VZEROUPPER
	RET
