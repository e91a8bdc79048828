package scan

import "golang.org/x/sys/cpu"

// matchAVX2 is matchPortable of 64*blocks bytes. It reads three bytes more.
//
//go:noescape
func matchAVX2(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)

// matchAVX512 is matchAVX2.
//
//go:noescape
func matchAVX512(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)

// classifyAVX2 is classifyPortable of 64*blocks bytes.
//
//go:noescape
func classifyAVX2(data *byte, blocks int, low *[classes][32]uint8, out *[classes][]uint64)

// matchKernels are those that this processor has, the fastest first. The first processors with AVX-512, which slow down
// where it is used, are left out: VBMI came later.
var matchKernels = func() (kernels []matchKernel) {
	if x := &cpu.X86; x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VBMI {
		kernels = append(kernels, vectorMatch(matchAVX512))
	}
	if cpu.X86.HasAVX2 {
		kernels = append(kernels, vectorMatch(matchAVX2))
	}
	return append(kernels, matchPortable)
}()

func vectorMatch(kernel func(data *byte, blocks int, tables *[fingerprint][banks]nibbles, out *uint64)) matchKernel {
	return func(t *fingerprintTables, data []byte, out []uint64, blocks int) {
		if blocks > 0 {
			_, _ = data[blocks*blockSize+fingerprint-2], out[blocks-1]
			kernel(&data[0], blocks, &t.nibbles, &out[0])
		}
	}
}

func classify(t *classTables, data []byte, out *[classes][]uint64, blocks int) {
	if !cpu.X86.HasAVX2 || blocks == 0 {
		classifyPortable(t, data, out, blocks)
		return
	}
	_ = data[blocks*blockSize-1]
	for i := range out {
		_ = out[i][blocks-1]
	}
	classifyAVX2(&data[0], blocks, &t.low, out)
}
