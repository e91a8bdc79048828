package compat

// finder finds every occurrence of a set of literals, whatever the case of their ASCII letters: the two bytes at each
// position choose the literals that may begin there. Literals are ASCII, in lower case, of two bytes or more.
type finder struct {
	bucket  [1 << 16]uint16 // by two folded bytes; 0 for none
	buckets [][]int         // indexes of literals
	texts   []string
}

// fold maps upper case to lower case.
var fold = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if i >= 'A' && i <= 'Z' {
			t[i] = byte(i) | 0x20
		}
	}
	return t
}()

func newFinder(texts []string) *finder {
	f := &finder{texts: texts, buckets: [][]int{nil}}
	for i, t := range texts {
		b := &f.bucket[int(t[0])<<8|int(t[1])]
		if *b == 0 {
			*b = uint16(len(f.buckets))
			f.buckets = append(f.buckets, nil)
		}
		f.buckets[*b] = append(f.buckets[*b], i)
	}
	return f
}

// find calls hit(literal, start) for every occurrence, by start.
func (f *finder) find(data []byte, hit func(literal, start int)) {
	if len(f.texts) == 0 || len(data) < 2 {
		return
	}
	last := int(fold[data[0]])
	for i := 1; i < len(data); i++ {
		next := int(fold[data[i]])
		if b := f.bucket[last<<8|next]; b != 0 {
			for _, literal := range f.buckets[b] {
				if foldPrefix(data[i-1:], f.texts[literal]) {
					hit(literal, i-1)
				}
			}
		}
		last = next
	}
}

func foldPrefix(data []byte, text string) bool {
	if len(data) < len(text) {
		return false
	}
	for i := 2; i < len(text); i++ {
		if fold[data[i]] != text[i] {
			return false
		}
	}
	return true
}
