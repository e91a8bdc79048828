package scan

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// kernelBytes make fingerprints likely to match.
const kernelBytes = "AKIAghp_xoxb-sk-://\x00\xff\x80passTOKEN09"

// kernelTables are tables with some of every kind of byte.
func kernelTables(seed uint64) (*fingerprintTables, *classTables) {
	random := rand.New(rand.NewPCG(seed, 1))
	t := &fingerprintTables{}
	for bank := range banks {
		for at := range buckets {
			var own bucket
			for range 2 {
				for position := range fingerprint {
					c := kernelBytes[random.IntN(len(kernelBytes))]
					own.low[position] |= 1 << (c & 15)
					own.high[position] |= 1 << (c >> 4)
				}
			}
			t.allow(bank, at, &own)
		}
	}
	t.derive()
	sets := make([]*Set, classes)
	for i := range sets {
		sets[i] = &Set{}
		for range 40 {
			sets[i][random.IntN(128)] = true
		}
	}
	return t, newClassTables(sets...)
}

// compareKernels holds that the chosen kernels set the bits of their definition, in blocks of data from its start.
func compareKernels(t *testing.T, tables *fingerprintTables, sets *classTables, data []byte) {
	t.Helper()
	blocks := max(0, (len(data)-fingerprint+1)/blockSize)
	var matched, matchedPortable [1][]uint64
	var classified, classifiedPortable [classes][]uint64
	for _, maps := range [][][]uint64{matched[:], matchedPortable[:], classified[:], classifiedPortable[:]} {
		for i := range maps {
			maps[i] = slices.Repeat([]uint64{0xdead}, blocks+1)
		}
	}
	if blocks > 0 {
		match(tables, data, matched[0], blocks)
		matchPortable(tables, data, matchedPortable[0], blocks)
		classify(sets, data, &classified, blocks)
		classifyPortable(sets, data, &classifiedPortable, blocks)
	}
	bit := func(m []uint64, at int) bool { return m[at/blockSize]>>(at%blockSize)&1 == 1 }
	for at := range blocks * blockSize {
		want := false
		for bank := range banks {
			left := uint8(0xff)
			for position := range fingerprint {
				n, c := &tables.nibbles[position][bank], data[at+position]
				left &= n.low[c&15] & n.high[c>>4]
			}
			want = want || left != 0
		}
		if bit(matched[0], at) != want || bit(matchedPortable[0], at) != want {
			t.Fatalf("%d of %d: %v, portable %v, expected %v", at, len(data), bit(matched[0], at), bit(matchedPortable[0], at), want)
		}
		for s := range classes {
			c := data[at]
			want := c < 128 && sets.low[s][c&15]>>(c>>4)&1 == 1
			if bit(classified[s], at) != want || bit(classifiedPortable[s], at) != want {
				t.Fatalf("set %d at %d of %d: %v, portable %v, expected %v", s, at, len(data), bit(classified[s], at), bit(classifiedPortable[s], at), want)
			}
		}
	}
	for _, maps := range [][][]uint64{matched[:], matchedPortable[:], classified[:], classifiedPortable[:]} {
		for i := range maps {
			if maps[i][blocks] != 0xdead {
				t.Fatalf("%d blocks: the word behind the bitmap is written", blocks)
			}
		}
	}
}

func TestKernelsSetTheBitsOfTheirDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	whole := make([]byte, 700)
	for i := range whole {
		whole[i] = kernelBytes[random.IntN(len(kernelBytes))]
	}
	for seed := range uint64(4) {
		tables, sets := kernelTables(seed)
		for offset := range 128 {
			compareKernels(t, tables, sets, whole[offset:offset+blockSize*3+fingerprint-1])
		}
		for size := range 400 {
			compareKernels(t, tables, sets, whole[:size])
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), bytes.Repeat([]byte("AKIAghp_\x80xoxb"), 20))
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		if len(data) > 1<<13 {
			return
		}
		tables, sets := kernelTables(seed)
		for offset := range min(len(data), 8) {
			compareKernels(t, tables, sets, data[offset:])
		}
	})
}

func BenchmarkKernels(b *testing.B) {
	tables, sets := kernelTables(1)
	data := bytes.Repeat([]byte("func (s *Scanner) Scan(data []byte) { return s.next[0] } // text"), 256)
	blocks := len(data)/blockSize - 1
	matched := make([]uint64, blocks)
	var classified [classes][]uint64
	for i := range classified {
		classified[i] = make([]uint64, blocks)
	}
	for name, run := range map[string]func(){
		"match":             func() { match(tables, data, matched, blocks) },
		"match-portable":    func() { matchPortable(tables, data, matched, blocks) },
		"classify":          func() { classify(sets, data, &classified, blocks) },
		"classify-portable": func() { classifyPortable(sets, data, &classified, blocks) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(blocks * blockSize))
			for b.Loop() {
				run()
			}
		})
	}
}
