package prober

import (
	"errors"
	"time"
)

// The levels, as the user names them.
const (
	declare = "declare"
	drip    = "drip"
	body    = "body"
	parts   = "parts"
	headers = "headers"
	slow    = "slow"
	gzipped = "gzip"
)

// Bounds of the level body, in bytes of bodies.
const (
	DefaultMaxBytes = 2 << 20
	MostMaxBytes    = 16 << 20
)

// ownRequests are what a level that sends bytes keeps for itself.
const ownRequests = 4

// Level is a kind of probe that is opted into by its name, with what it costs at most.
type Level struct {
	Name     string
	About    string
	Requests int
	Heads    int64 // bytes of request lines and headers
	Bodies   int64 // bytes of bodies, with their framing
	Time     time.Duration
	NeedPath bool // it sends to a path that the user names, and nowhere else
}

// Levels are the levels from the least to the most. maxBytes is as in Options.
func Levels(maxBytes int64) []Level {
	if maxBytes <= 0 {
		maxBytes = DefaultMaxBytes
	}
	return []Level{
		{declare, "requests that declare a body and send none of it", 16, 3 << 10, 0, 15 * time.Second, false},
		{drip, "the first bytes of bodies, which never end", 16, 8 << 10, 288 << 10, 45 * time.Second, false},
		{body, "whole bodies that no parser takes for a file", 40, 24 << 10, min(maxBytes, MostMaxBytes), 2 * time.Minute, true},
		{parts, "a form of 1,001 fields", 4, 4 << 10, 192 << 10, 20 * time.Second, true},
		{headers, "headers and addresses of up to 64 KiB", 6, 256 << 10, 0, 20 * time.Second, false},
		{slow, "requests that stop half-way and wait", 2, 2 << 10, 64, 3 * time.Minute, false},
		{gzipped, "a body of 10 KiB that unpacks to 10 MiB", 4, 4 << 10, 16 << 10, 20 * time.Second, true},
	}
}

// Cost is what a level sent and took.
type Cost struct {
	Level         string
	Requests      int
	Heads, Bodies int64 // bytes
	Took          time.Duration
}

// errBudget ends a search whose level has nothing left.
var errBudget = errors.New("the budget is used up")

// budget counts what one level spends. It is checked before anything is sent.
type budget struct {
	level Level
	used  Cost
	head  int64 // bytes of the longest head so far
}

// left is how many bytes of bodies may still be sent.
func (b *budget) left() int64 { return b.level.Bodies - b.used.Bodies }

// allows reports whether a request may be sent.
func (b *budget) allows(head, body int64) bool {
	return b.used.Requests < b.level.Requests && b.used.Heads+max(head, b.head) <= b.level.Heads && body <= b.left() && b.used.Took < b.level.Time
}

func (b *budget) spend(head, body int64, took time.Duration) {
	b.head = max(b.head, head)
	b.used = Cost{b.level.Name, b.used.Requests + 1, b.used.Heads + head, b.used.Bodies + body, b.used.Took + took}
}
