package scan

// broadWindows are the windows that have too many texts to enter each into the hashes, with a bit for each.
type broadWindows struct {
	allowed [fingerprint][256]uint32 // by position and byte, the windows that allow it
	uses    [][]comparison
}

const (
	maxBroad = 32
	// enumerated is how many texts of a window are entered into the hashes at most, as long as it can be a broad one.
	enumerated = 1 << 12
)

// take keeps the broad windows and returns the others. Their first size bytes are looked at.
func (b *broadWindows) take(windows []window, texts []string, size int) (others []window) {
	for _, w := range windows {
		if len(b.uses) == maxBroad || choices(w.sets[:size]) <= enumerated {
			others = append(others, w)
			continue
		}
		for i, s := range w.sets {
			for c, ok := range s {
				if ok {
					b.allowed[i][c] |= 1 << len(b.uses)
				}
			}
		}
		var uses []comparison
		for _, u := range w.uses {
			uses = append(uses, newComparison(u, texts[u.target]))
		}
		b.uses = append(b.uses, uses)
	}
	return others
}

// choices is how many texts a row of sets has.
func choices(sets []*Set) int {
	n := 1
	for _, s := range sets {
		n *= members(s)
	}
	return n
}

func members(s *Set) int {
	if s == anyByte {
		return len(s)
	}
	n := 0
	for _, ok := range s {
		if ok {
			n++
		}
	}
	return n
}

// of returns the windows that the four bytes fit.
func (b *broadWindows) of(text []byte) uint32 {
	_ = text[fingerprint-1]
	return b.allowed[0][text[0]] & b.allowed[1][text[1]] & b.allowed[2][text[2]] & b.allowed[3][text[3]]
}
