package scan

// Runs calls visit for each maximal run of word characters and hyphens of at least that many bytes, in order.
func Runs(data []byte, least int, visit func(start, end int)) { runs(tokenBytes, data, least, visit) }

var tokenBytes = tokenSet()

func tokenSet() *Set {
	s := &Set{}
	s.addClass(`\w-`)
	return s
}

func runs(set *Set, data []byte, least int, visit func(start, end int)) {
	for at := 0; at < len(data); at++ {
		if !set[data[at]] {
			continue
		}
		start := at
		for at < len(data) && set[data[at]] {
			at++
		}
		if at-start >= least {
			visit(start, at)
		}
	}
}
