package secrets

import (
	"context"
	"os"
	"strconv"
	"testing"

	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// BenchmarkHistory runs the history check over the repository that HARDCHECK_BENCH_GIT names (its working tree), or over
// one made here.
func BenchmarkHistory(b *testing.B) {
	dir := os.Getenv("HARDCHECK_BENCH_GIT")
	if dir == "" {
		dir = longHistory(b)
	}
	check := history()
	for b.Loop() {
		tree, err := target.OpenTree(context.Background(), dir, target.TreeOptions{})
		if err != nil {
			b.Fatal(err)
		}
		result := engine.RunTree(context.Background(), tree, []engine.Job{{Check: check, Values: check.Defaults()}}, engine.Options{})
		o := result.Observations[0]
		if o.Examined == 0 {
			b.Fatalf("nothing was examined: %s", o.Reason)
		}
		b.ReportMetric(float64(o.Examined), "versions")
		b.ReportMetric(float64(len(o.Findings)), "findings")
		tree.Close()
	}
}

// longHistory is a repository of files that change often; each has a token for a while.
func longHistory(b *testing.B) string {
	b.Helper()
	r := newRepo(b)
	for i := range 150 {
		middle := ""
		if i%7 == 3 {
			middle = "token = \"" + "npm" + "_aB" + strconv.Itoa(100+i) + "cDq7Zx0VbN2mKf8RtY4LpWcD6sHjG77\"\n"
		}
		r.put("dir"+strconv.Itoa(i%3)+"/file"+strconv.Itoa(i%11)+".py", lines(i%11, middle))
		r.days = i % 28
	}
	r.git("rm", "-rq", ".")
	r.commit("Remove all")
	r.pack()
	return r.dir
}
