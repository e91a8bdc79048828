package objects

import "bytes"

// LineRange is a range of lines, counted from 1, both ends included.
type LineRange struct{ First, Last int }

// maxSteps bounds the work of one comparison. What is left then counts as new.
const maxSteps = 1 << 26

// AddedLines returns the lines of new that a shortest edit of old inserts (Myers, "An O(ND) Difference Algorithm and
// Its Variations", 1986), in order and apart. Files too different to compare in bounded time have lines too many,
// never too few.
func AddedLines(old, new []byte) []LineRange {
	a, b := splitLines(old), splitLines(new)
	first := 0
	for first < len(a) && first < len(b) && bytes.Equal(a[first], b[first]) {
		first++
	}
	a, b = a[first:], b[first:]
	for len(a) > 0 && len(b) > 0 && bytes.Equal(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	added := make([]bool, len(b))
	m := newMyers(a, b, added)
	m.compare(0, len(m.a), 0, len(m.b))
	var out []LineRange
	for i, isNew := range added {
		line := first + i + 1
		switch n := len(out); {
		case !isNew:
		case n > 0 && out[n-1].Last == line-1:
			out[n-1].Last = line
		default:
			out = append(out, LineRange{line, line})
		}
	}
	return out
}

// splitLines cuts text behind its newlines.
func splitLines(text []byte) [][]byte {
	lines := make([][]byte, 0, bytes.Count(text, []byte{'\n'})+1)
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		lines = append(lines, text[:end])
		text = text[end:]
	}
	return lines
}

// myers compares two sequences of numbered lines and marks what the second has more.
type myers struct {
	a, b    []int32
	at      []int32 // place in added of a line of b
	added   []bool
	forward []int32 // furthest place in a on each diagonal, from the front
	back    []int32 // and from the end
	steps   int
}

// newMyers numbers the lines. Those that the other side does not have at all take no part in the comparison: in b
// they are new.
func newMyers(a, b [][]byte, added []bool) *myers {
	m := &myers{added: added}
	numbers := make(map[string]int32, len(a))
	all := make([]int32, len(a))
	for i, line := range a {
		n, known := numbers[string(line)]
		if !known {
			n = int32(len(numbers))
			numbers[string(line)] = n
		}
		all[i] = n
	}
	inB := make([]bool, len(numbers))
	for i, line := range b {
		n, known := numbers[string(line)]
		if !known {
			added[i] = true
			continue
		}
		inB[n] = true
		m.b, m.at = append(m.b, n), append(m.at, int32(i))
	}
	for _, n := range all {
		if inB[n] {
			m.a = append(m.a, n)
		}
	}
	size := 2*(len(m.a)+len(m.b)) + 4
	m.forward, m.back = make([]int32, size), make([]int32, size)
	return m
}

// compare marks what is new between a[aLo:aHi] and b[bLo:bHi].
func (m *myers) compare(aLo, aHi, bLo, bHi int) {
	for aLo < aHi && bLo < bHi && m.a[aLo] == m.b[bLo] {
		aLo, bLo = aLo+1, bLo+1
	}
	for aLo < aHi && bLo < bHi && m.a[aHi-1] == m.b[bHi-1] {
		aHi, bHi = aHi-1, bHi-1
	}
	if bLo == bHi {
		return
	}
	x, y, ok := 0, 0, false
	if aLo < aHi {
		x, y, ok = m.middle(aLo, aHi, bLo, bHi)
	}
	if !ok {
		for _, i := range m.at[bLo:bHi] {
			m.added[i] = true
		}
		return
	}
	m.compare(aLo, x, bLo, y)
	m.compare(x, aHi, y, bHi)
}

// middle finds a point on a shortest path from (aLo, bLo) to (aHi, bHi), where the searches from both ends meet. The
// diagonal of (x, y) is x-y. It gives up when the steps are used up.
func (m *myers) middle(aLo, aHi, bLo, bHi int) (x, y int, ok bool) {
	zero := len(m.b) + 1 // place of diagonal 0
	low, high := aLo-bHi, aHi-bLo
	fMid, bMid := aLo-bLo, aHi-bHi
	odd := (fMid-bMid)&1 != 0
	fLow, fHigh, bLow, bHigh := fMid, fMid, bMid, bMid
	m.forward[zero+fMid], m.back[zero+bMid] = int32(aLo), int32(aHi)
	for {
		fLow, fHigh = m.widen(m.forward, zero, fLow, fHigh, low, high, -1)
		for d := fHigh; d >= fLow; d -= 2 {
			x := int(max(m.forward[zero+d-1]+1, m.forward[zero+d+1]))
			for y = x - d; x < aHi && y < bHi && m.a[x] == m.b[y]; x, y = x+1, y+1 {
				m.steps++
			}
			m.forward[zero+d] = int32(x)
			if odd && d >= bLow && d <= bHigh && int(m.back[zero+d]) <= x {
				return x, y, true
			}
		}
		bLow, bHigh = m.widen(m.back, zero, bLow, bHigh, low, high, 1<<31-1)
		for d := bHigh; d >= bLow; d -= 2 {
			x := int(min(m.back[zero+d-1], m.back[zero+d+1]-1))
			for y = x - d; x > aLo && y > bLo && m.a[x-1] == m.b[y-1]; x, y = x-1, y-1 {
				m.steps++
			}
			m.back[zero+d] = int32(x)
			if !odd && d >= fLow && d <= fHigh && x <= int(m.forward[zero+d]) {
				return x, y, true
			}
		}
		if m.steps += fHigh - fLow + bHigh - bLow + 2; m.steps > maxSteps {
			return 0, 0, false
		}
	}
}

// widen lets a search look at one more diagonal on either side, as far as there are any; beyond them stands a place
// that is never the furthest.
func (m *myers) widen(reach []int32, zero, low, high, least, most int, never int32) (int, int) {
	if low > least {
		low--
		reach[zero+low-1] = never
	} else {
		low++
	}
	if high < most {
		high++
		reach[zero+high+1] = never
	} else {
		high--
	}
	return low, high
}
