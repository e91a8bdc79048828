package scan

import "golang.org/x/sys/cpu"

var hasVectors = cpu.X86.HasAVX2

// matchAVX2 is matchPortable of 64*blocks bytes. It reads three bytes more.
//
//go:noescape
func matchAVX2(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)

// classifyAVX2 is classifyPortable of 64*blocks bytes.
//
//go:noescape
func classifyAVX2(data *byte, blocks int, low *[classes][32]uint8, out *[classes][]uint64)

func match(t *fingerprintTables, data []byte, out []uint64, blocks int) {
	if !hasVectors || blocks == 0 {
		matchPortable(t, data, out, blocks)
		return
	}
	_, _ = data[blocks*blockSize+fingerprint-2], out[blocks-1]
	matchAVX2(&data[0], blocks, &t.nibbles, &out[0])
}

func classify(t *classTables, data []byte, out *[classes][]uint64, blocks int) {
	if !hasVectors || blocks == 0 {
		classifyPortable(t, data, out, blocks)
		return
	}
	_ = data[blocks*blockSize-1]
	for i := range out {
		_ = out[i][blocks-1]
	}
	classifyAVX2(&data[0], blocks, &t.low, out)
}
