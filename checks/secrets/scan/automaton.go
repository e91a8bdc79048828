// Package scan is the detection engine of the secrets module: one pass of a multi-pattern automaton over the bytes
// finds literals, and structural matchers decide at each hit in time bounded by the rule. It knows no provider:
// rules are data that its callers bring.
package scan

// Automaton finds every occurrence of a set of literals in one pass: an Aho-Corasick automaton (Aho and Corasick,
// "Efficient string matching", 1975) made into a dense table over classes of bytes.
type Automaton struct {
	class [256]uint8
	// next maps state + class to state; states are offsets into next, so a step is one addition and one load.
	next []uint32
	// accept is the first state with outputs: states that end a literal are numbered last.
	accept  uint32
	stride  uint32
	outputs [][]int // of the accepting states, by (state-accept)/stride
	lengths []int   // of the literals
	longest int
}

// NewAutomaton builds the automaton of the literals, which are case-sensitive and not empty.
func NewAutomaton(literals []string) *Automaton {
	t := newTrie(literals)
	a := &Automaton{stride: uint32(t.classes), class: t.class}
	for _, l := range literals {
		a.lengths = append(a.lengths, len(l))
		a.longest = max(a.longest, len(l))
	}
	t.link()
	number := make([]uint32, len(t.nodes))
	n := uint32(0)
	for _, accepting := range []bool{false, true} {
		if accepting {
			a.accept = n * a.stride
		}
		for i := range t.nodes {
			if (len(t.nodes[i].out) > 0) == accepting {
				number[i] = n
				n++
			}
		}
	}
	a.next = make([]uint32, len(t.nodes)*t.classes)
	a.outputs = make([][]int, n-a.accept/a.stride)
	for i := range t.nodes {
		row := number[i] * a.stride
		for c, to := range t.nodes[i].to {
			a.next[row+uint32(c)] = number[to] * a.stride
		}
		if row >= a.accept {
			a.outputs[(row-a.accept)/a.stride] = t.nodes[i].out
		}
	}
	return a
}

// trie is the automaton while it is being built.
type trie struct {
	class   [256]uint8
	classes int
	nodes   []trieNode
}

type trieNode struct {
	to   []int // by class; 0 is the root, and "none" until link
	fail int
	out  []int // literals that end here
}

func newTrie(literals []string) *trie {
	t := &trie{classes: 1}
	for _, l := range literals {
		for i := range len(l) {
			if t.class[l[i]] == 0 {
				t.class[l[i]] = uint8(t.classes)
				t.classes++
			}
		}
	}
	t.add()
	for id, l := range literals {
		at := 0
		for i := range len(l) {
			c := t.class[l[i]]
			if t.nodes[at].to[c] == 0 {
				t.nodes[at].to[c] = t.add()
			}
			at = t.nodes[at].to[c]
		}
		t.nodes[at].out = append(t.nodes[at].out, id)
	}
	return t
}

func (t *trie) add() int {
	t.nodes = append(t.nodes, trieNode{to: make([]int, t.classes)})
	return len(t.nodes) - 1
}

// link completes every node's transitions, breadth first, from the node of its longest proper suffix.
func (t *trie) link() {
	queue := make([]int, 0, len(t.nodes))
	for _, n := range t.nodes[0].to {
		if n != 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		node := &t.nodes[queue[0]]
		queue = queue[1:]
		suffix := &t.nodes[node.fail]
		node.out = append(node.out, suffix.out...)
		for c, child := range node.to {
			if child == 0 {
				node.to[c] = suffix.to[c]
				continue
			}
			t.nodes[child].fail = suffix.to[c]
			queue = append(queue, child)
		}
	}
}

// lanesFrom is the size from which four interleaved lanes pay: the loads of one lane hide behind the others'.
const lanesFrom = 1024

// Find calls hit(literal, start) for every occurrence of every literal. The order is not defined.
func (a *Automaton) Find(data []byte, hit func(literal, start int)) {
	if len(data) < lanesFrom || a.longest*4 > len(data) {
		a.lane(0, data, 0, len(data), len(data), hit)
		return
	}
	q := len(data) / 4
	d0, d1, d2, d3 := data[:q], data[q:2*q], data[2*q:3*q], data[3*q:4*q]
	d1, d2, d3 = d1[:len(d0)], d2[:len(d0)], d3[:len(d0)]
	next, class, accept := a.next, &a.class, a.accept
	var s0, s1, s2, s3 uint32
	for i := range d0 {
		s0 = next[s0+uint32(class[d0[i]])]
		s1 = next[s1+uint32(class[d1[i]])]
		s2 = next[s2+uint32(class[d2[i]])]
		s3 = next[s3+uint32(class[d3[i]])]
		if max(s0, s1, s2, s3) >= accept {
			a.report(s0, i+1, hit)
			a.report(s1, q+i+1, hit)
			a.report(s2, 2*q+i+1, hit)
			a.report(s3, 3*q+i+1, hit)
		}
	}
	// Each lane but the last finishes the literals that began in its quarter; the last takes the rest.
	a.lane(s0, data, q, q+a.longest-1, q, hit)
	a.lane(s1, data, 2*q, 2*q+a.longest-1, 2*q, hit)
	a.lane(s2, data, 3*q, 3*q+a.longest-1, 3*q, hit)
	a.lane(s3, data, 4*q, len(data), len(data), hit)
}

// lane runs from state over data[from:to] and reports what starts before limit.
func (a *Automaton) lane(state uint32, data []byte, from, to, limit int, hit func(literal, start int)) {
	for i := from; i < min(to, len(data)); i++ {
		state = a.next[state+uint32(a.class[data[i]])]
		if state < a.accept {
			continue
		}
		for _, id := range a.outputs[(state-a.accept)/a.stride] {
			if start := i + 1 - a.lengths[id]; start < limit {
				hit(id, start)
			}
		}
	}
}

func (a *Automaton) report(state uint32, end int, hit func(literal, start int)) {
	if state < a.accept {
		return
	}
	for _, id := range a.outputs[(state-a.accept)/a.stride] {
		hit(id, end-a.lengths[id])
	}
}
