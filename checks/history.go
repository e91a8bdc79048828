package checks

import "context"

// History is what git keeps besides the files that are there now: every version of every file, reachable or not, the
// messages and names around them, and its own configuration.
type History interface {
	// Each shows every text once, in no order and from several goroutines at once.
	Each(ctx context.Context, visit func(*Version)) error
	// Sources finds the commits that brought values into files: for each sought value the oldest one known.
	Sources(ctx context.Context, sought []Sought) ([]Source, error)
	// Problems says what could not be seen: cut histories, missing objects, damage.
	Problems() []Problem
}

// Version is one text of the history. Data is valid during the call only.
type Version struct {
	Kind string // "file", "commit message", "tag message", "reference", "reflog", "configuration", "file name"
	ID   string // of the object, in hex; "" where it is none
	Name string // of what is no object: refs/heads/main, .git/config
	Path string // of a file: a path at which a commit has it; "" where no tree names it
	Data []byte
	// New are the parts of Data that no other version shows; nil means all of it.
	New []Range
	// Added are the lines that are new in this version where only a range of commits is shown; nil means all of them.
	Added []Range
}

// Range is a range of bytes, without End, or of lines where it says so.
type Range struct{ Start, End int }

// Sought is a value that stands in a version of a file.
type Sought struct {
	Blob, Path, Value string
}

// Source is where a value came from.
type Source struct {
	Blob   string // the oldest known version that holds the value
	Path   string
	Commit string // "" where no commit that is kept has it
	Date   string // of the author, RFC 3339
	Author string
	Line   int
	// Reach names what still leads to the commit: a branch or tag, "stash@{0}", "reflog of main", or "nothing".
	Reach string
}
