package settings

import (
	"slices"

	"hardcheck/checks"
)

// leastBound is below every reader's bound of a file's size.
const leastBound = 256 << 10

// sourceExtensions are of programs: a large file among them is a bundle, or was generated, and configures nothing.
var sourceExtensions = []string{".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".py", ".pyw", ".rb", ".cs", ".java", ".kt", ".php", ".go"}

// tooLarge notes that readers want a file but for its size: what it sets is not known.
func (c *Collector) tooLarge(e *checks.Entry) {
	small := *e
	small.Size = 0
	problem := checks.Problem{Op: "read the settings of", Expected: "a file as large as people write them", Actual: checks.FormatSize(e.Size),
		Retry: checks.RetryUseless, Where: e.Path, Blind: true}
	for i := range c.readers {
		r := &c.readers[i]
		if r.wants(e) || !r.wants(&small) || slices.Contains(sourceExtensions, e.Ext()) && !r.hinted(e) {
			continue
		}
		c.mu.Lock()
		c.miss(r, e, problem)
		c.mu.Unlock()
	}
}
