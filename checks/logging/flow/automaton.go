package flow

// marks are groups of words that a text mentions, as bits.
type marks uint32

// automaton finds all of its words in one pass over a text, whatever their case (Aho and Corasick, 1975). What joins
// the words of a name is read over: apikey is found in api_key, apiKey and API-KEY. In a word ~ stands for any byte
// that belongs to no name.
type automaton struct {
	next  [][symbols]uint16
	found []marks
}

// symbols are a to z, the bytes in order, and one for all others.
const (
	symbols = 32
	order   = ".(@$"
)

// symbolOf is a byte's symbol, from 1; 0 is for bytes that are read over.
var symbolOf = func() (t [256]uint8) {
	for c := range 256 {
		t[c] = 31
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c-'a'+1, c-'a'+1
	}
	for i := range len(order) {
		t[order[i]] = uint8(27 + i)
	}
	t['_'], t['-'] = 0, 0
	return t
}()

// newAutomaton builds the automaton of words by their groups.
func newAutomaton(groups map[marks][]string) *automaton {
	a := &automaton{next: make([][symbols]uint16, 1), found: make([]marks, 1)}
	for group, words := range groups {
		for _, w := range words {
			a.add(0, w, group)
		}
	}
	a.link()
	return a
}

// add adds what is left of a word behind a state.
func (a *automaton) add(state uint16, word string, group marks) {
	for i := range len(word) {
		if word[i] == '~' {
			for s := uint8(27); s < symbols; s++ {
				a.add(a.step(state, s), word[i+1:], group)
			}
			return
		}
		if s := symbolOf[word[i]]; s != 0 {
			state = a.step(state, s)
		}
	}
	a.found[state] |= group
}

// step is the state behind a symbol, which is made where it is missing.
func (a *automaton) step(state uint16, s uint8) uint16 {
	if a.next[state][s] == 0 {
		a.next = append(a.next, [symbols]uint16{})
		a.found = append(a.found, 0)
		a.next[state][s] = uint16(len(a.next) - 1)
	}
	return a.next[state][s]
}

// link adds where to go on from where no word goes on: at the longest end of what was read that begins a word.
func (a *automaton) link() {
	fail := make([]uint16, len(a.next))
	queue := make([]uint16, 0, len(a.next))
	for s := range symbols {
		if n := a.next[0][s]; n != 0 {
			queue = append(queue, n)
		}
	}
	for i := 0; i < len(queue); i++ {
		state := queue[i]
		a.found[state] |= a.found[fail[state]]
		for s := 1; s < symbols; s++ {
			back := a.next[fail[state]][s]
			if n := a.next[state][s]; n != 0 {
				fail[n] = back
				queue = append(queue, n)
			} else {
				a.next[state][s] = back
			}
		}
		a.next[state][0] = state
	}
}

// scan returns the groups of all words in a text.
func (a *automaton) scan(text string) marks {
	state, out := a.next[0][symbolOf[' ']], marks(0)
	for i := range len(text) {
		state = a.next[state][symbolOf[text[i]]]
		out |= a.found[state]
	}
	return out
}

// offsets are where words of these groups end.
func (a *automaton) offsets(text string, groups marks) []int {
	var out []int
	state := a.next[0][symbolOf[' ']]
	for i := range len(text) {
		state = a.next[state][symbolOf[text[i]]]
		if a.found[state]&groups != 0 && symbolOf[text[i]] != 0 {
			out = append(out, i)
		}
	}
	return out
}
