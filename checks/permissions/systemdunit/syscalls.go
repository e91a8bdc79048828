package systemdunit

import (
	_ "embed" // the table of groups
	"strings"
	"sync"
)

//go:embed syscalls.txt
var syscallTable string

// syscallGroups are the system calls of each group, groups inside groups expanded.
var syscallGroups = sync.OnceValue(func() map[string][]string {
	raw, groups := map[string][]string{}, map[string][]string{}
	for line := range strings.Lines(syscallTable) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
			raw[words[0]] = words[1:]
		}
	}
	var expand func(name string, depth int) []string
	expand = func(name string, depth int) (calls []string) {
		for _, word := range raw[name] {
			switch {
			case word[0] != '@':
				calls = append(calls, word)
			case depth < 8:
				calls = append(calls, expand(word, depth+1)...)
			}
		}
		return calls
	}
	for name := range raw {
		groups[name] = expand(name, 0)
	}
	return groups
})

// knownCalls are all system calls that a group names. A filter may name others; those are in no group that is judged.
var knownCalls = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, calls := range syscallGroups() {
		for _, call := range calls {
			known[call] = true
		}
	}
	return known
})

// callFilter is what SystemCallFilter= adds up to.
type callFilter struct {
	allow bool // the calls are those that may be made, else those that may not
	calls map[string]bool
}

// add applies one assignment. The first decides whether the list allows or denies; a later one of the other kind takes
// calls off it. An allow list begins with @default; an error number
// belongs to a denied call, and an allowed one that carries it is ignored.
func (f *callFilter) add(value string) {
	if value == "" {
		*f = callFilter{}
		return
	}
	value, deny := strings.CutPrefix(value, "~")
	if f.calls == nil {
		f.calls, f.allow = map[string]bool{}, !deny
		if f.allow {
			f.put("@default", true)
		}
	}
	for _, word := range strings.Fields(value) {
		name, _, number := strings.Cut(word, ":")
		if deny || !number {
			f.put(name, f.allow != deny)
		}
	}
}

// maxCalls bounds a filter: more calls than the kernel has.
const maxCalls = 2000

func (f *callFilter) put(name string, on bool) {
	calls := []string{name}
	if strings.HasPrefix(name, "@") {
		calls = syscallGroups()[name]
	} else if !knownCalls()[name] {
		return
	}
	for _, call := range calls {
		if !on {
			delete(f.calls, call)
		} else if len(f.calls) < maxCalls {
			f.calls[call] = true
		}
	}
}

// badness is 0 where no call of the group can be made, 10 where nothing or a list of denied calls leaves one, 9 where an
// allow list names one.
func (f *callFilter) badness(group string) uint64 {
	if len(f.calls) == 0 && !f.allow {
		return 10
	}
	for _, call := range syscallGroups()[group] {
		if f.calls[call] == f.allow {
			if f.allow {
				return 9
			}
			return 10
		}
	}
	return 0
}
