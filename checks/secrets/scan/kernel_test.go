package scan

import (
	"bytes"
	"fmt"
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
	matched := make([][]uint64, len(matchKernels))
	var classified, classifiedPortable [classes][]uint64
	for _, maps := range [][][]uint64{matched, classified[:], classifiedPortable[:]} {
		for i := range maps {
			maps[i] = slices.Repeat([]uint64{0xdead}, blocks+1)
		}
	}
	if blocks > 0 {
		for i, kernel := range matchKernels {
			kernel(tables, data, matched[i], blocks)
		}
		classify(sets, data, &classified, blocks)
		classifyPortable(sets, data, &classifiedPortable, blocks)
	}
	bit := func(m []uint64, at int) bool { return m[at/blockSize]>>(at%blockSize)&1 == 1 }
	for at := range blocks * blockSize {
		want := tables.allows(data[at:])
		for i := range matched {
			if bit(matched[i], at) != want {
				t.Fatalf("%d of %d: kernel %d of %d says %v, expected %v", at, len(data), i, len(matched), !want, want)
			}
		}
		for s := range classes {
			c := data[at]
			want := c < 128 && sets.low[s][c&15]>>(c>>4)&1 == 1
			if bit(classified[s], at) != want || bit(classifiedPortable[s], at) != want {
				t.Fatalf("set %d at %d of %d: %v, portable %v, expected %v", s, at, len(data), bit(classified[s], at), bit(classifiedPortable[s], at), want)
			}
		}
	}
	for _, maps := range [][][]uint64{matched, classified[:], classifiedPortable[:]} {
		for i := range maps {
			if maps[i][blocks] != 0xdead {
				t.Fatalf("%d blocks: the word behind the bitmap is written", blocks)
			}
		}
	}
}

// allows is the definition of what the kernels find: some bucket allows the bytes that data begins with.
func (t *fingerprintTables) allows(data []byte) bool {
	for bank := range banks {
		left := uint8(0xff)
		for position := range fingerprint {
			n, c := &t.nibbles[position][bank], data[position]
			left &= n.low[c&15] & n.high[c>>4]
		}
		if left != 0 {
			return true
		}
	}
	return false
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
	runs := map[string]func(){
		"classify":          func() { classify(sets, data, &classified, blocks) },
		"classify-portable": func() { classifyPortable(sets, data, &classified, blocks) },
	}
	for i, kernel := range matchKernels {
		runs[fmt.Sprintf("match-%d-of-%d", i+1, len(matchKernels))] = func() { kernel(tables, data, matched, blocks) }
	}
	for name, run := range runs {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(blocks * blockSize))
			for b.Loop() {
				run()
			}
		})
	}
}
