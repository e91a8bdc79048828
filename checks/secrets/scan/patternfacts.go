package scan

import "slices"

// maxAround bounds how many of the bytes next to an anchor are looked at beforehand.
const maxAround = 24

// leading are the sets of the first bytes that every match has, and trailing those of the last, in the text's order.
func (p *Pattern) leading() []*Set {
	return p.around(func(steps []step, i int) step { return steps[i] })
}

func (p *Pattern) trailing() []*Set {
	sets := p.around(func(steps []step, i int) step { return steps[len(steps)-1-i] })
	slices.Reverse(sets)
	return sets
}

// around unites, by position, the sets of the alternatives' steps in that order, as long as positions are certain.
func (p *Pattern) around(nth func(steps []step, i int) step) []*Set {
	var all []*Set
	for a := range p.alternatives {
		steps := p.alternatives[a].steps
		var own []*Set
		for i := 0; i < len(steps) && len(own) < maxAround; i++ {
			s := nth(steps, i)
			for range min(s.min, maxAround) {
				own = append(own, s.set)
			}
			if s.min != s.max {
				break
			}
		}
		if a == 0 {
			all = own
			continue
		}
		all = unite(all, own)
	}
	return all
}

// unite joins two rows of sets by position. What only one has is dropped.
func unite(a, b []*Set) []*Set {
	joint := make([]*Set, min(len(a), len(b)))
	for i := range joint {
		if joint[i] = a[i]; a[i] != b[i] {
			joint[i] = &Set{}
			for c := range joint[i] {
				joint[i][c] = a[i][c] || b[i][c]
			}
		}
	}
	return joint
}

// alphabet is the set of the bytes that a match may hold.
func (p *Pattern) alphabet() *Set {
	all := &Set{}
	for i := range p.alternatives {
		for _, s := range p.alternatives[i].steps {
			for c, ok := range s.set {
				all[c] = all[c] || ok
			}
		}
	}
	return all
}

// lengths are the least and the greatest length of a match, in bytes.
func (p *Pattern) lengths() (least, most int) {
	for i := range p.alternatives {
		low, high := p.alternatives[i].lengths()
		if i == 0 || low < least {
			least = low
		}
		most = max(most, high)
	}
	return least, most
}

func (s *sequence) lengths() (least, most int) {
	for i := range s.steps {
		least, most = least+s.steps[i].min, most+s.steps[i].max
	}
	return least, most
}

// padding is how many of the least bytes of a match may be "=".
func (s *sequence) padding() int {
	n := 0
	for i := range s.steps {
		if s.steps[i].set['='] {
			n += s.steps[i].min
		}
	}
	return min(n, maxPadding)
}
