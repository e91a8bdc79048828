#include "textflag.h"

// The tables of all positions and banks stay in Z0 to Z23: for position p and bank b, the low halves' in Z(6p+2b) and
// the high halves' in the next one.
#define TABLE(at, low, high) \
	VBROADCASTI32X4 (at*64)(BX), low \
	VBROADCASTI32X4 (at*64+32)(BX), high

// ALLOWED sets to to the buckets of one bank that allow the bytes with the halves in Z25 and Z26.
#define ALLOWED(low, high, to) \
	VPSHUFB Z25, low, to \
	VPSHUFB Z26, high, Z30 \
	VPANDD  Z30, to, to

// NARROW keeps in buckets those that allow them.
#define NARROW(low, high, buckets) \
	VPSHUFB    Z25, low, Z30 \
	VPSHUFB    Z26, high, Z31 \
	VPTERNLOGD $0x80, Z30, Z31, buckets // all three

// HALVES reads 64 bytes and splits them into low and high halves.
#define HALVES(from) \
	VMOVDQU64 from(SI), Z25 \
	VPSRLW    $4, Z25, Z26 \
	VPANDD    Z24, Z25, Z25 \
	VPANDD    Z24, Z26, Z26

// func matchAVX512(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)
TEXT ·matchAVX512(SB), NOSPLIT, $0-32
	MOVQ data+0(FP), SI
	MOVQ blocks+8(FP), CX
	MOVQ tables+16(FP), BX
	MOVQ out+24(FP), DI
	TABLE(0, Z0, Z1)
	TABLE(1, Z2, Z3)
	TABLE(2, Z4, Z5)
	TABLE(3, Z6, Z7)
	TABLE(4, Z8, Z9)
	TABLE(5, Z10, Z11)
	TABLE(6, Z12, Z13)
	TABLE(7, Z14, Z15)
	TABLE(8, Z16, Z17)
	TABLE(9, Z18, Z19)
	TABLE(10, Z20, Z21)
	TABLE(11, Z22, Z23)
	MOVQ         $0x0f0f0f0f0f0f0f0f, AX
	VPBROADCASTQ AX, Z24
	TESTQ        CX, CX
	JZ           matched

block:
	HALVES(0)
	ALLOWED(Z0, Z1, Z27)
	ALLOWED(Z2, Z3, Z28)
	ALLOWED(Z4, Z5, Z29)
	HALVES(1)
	NARROW(Z6, Z7, Z27)
	NARROW(Z8, Z9, Z28)
	NARROW(Z10, Z11, Z29)
	HALVES(2)
	NARROW(Z12, Z13, Z27)
	NARROW(Z14, Z15, Z28)
	NARROW(Z16, Z17, Z29)
	HALVES(3)
	NARROW(Z18, Z19, Z27)
	NARROW(Z20, Z21, Z28)
	NARROW(Z22, Z23, Z29)
	VPTERNLOGD $0xfe, Z28, Z29, Z27 // any of the three
	VPTESTMB   Z27, Z27, K1
	KMOVQ      K1, (DI)
	ADDQ       $64, SI
	ADDQ       $8, DI
	DECQ       CX
	JNZ        block

matched:
	VZEROUPPER
	RET
