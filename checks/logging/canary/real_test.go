//go:build unix

package canary

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// setup is a real server with logs, and what the canary has to say of it.
type setup struct {
	program string // that has to be installed
	needs   []string
	files   map[string]string
	args    []string // of program; "{dir}" and "{port}" are filled in
	logs    []string // files in {dir}; "output" is what the server prints
	wait    time.Duration
	want    string
}

// start starts the server with its output in a file.
func (s setup) start(t *testing.T) *realserver.Server {
	t.Helper()
	if len(s.needs) > 0 {
		realserver.RequirePackages(t, s.needs...)
	}
	command := "exec " + realserver.Require(t, s.program)
	for _, a := range s.args {
		command += " '" + a + "'"
	}
	return realserver.Start(t, s.files, "sh", "-c", command+" >{dir}/output 2>&1")
}

// run audits the server's logs.
func (s setup) run(t *testing.T) *Result {
	t.Helper()
	server := s.start(t)
	plan := &Plan{Wait: s.wait, ErrorPath: "/boom"}
	if plan.Wait == 0 {
		plan.Wait = 1500 * time.Millisecond
	}
	for _, name := range s.logs {
		plan.Sinks = append(plan.Sinks, Sink{SinkFile, filepath.Join(server.Dir, name)})
	}
	site, err := target.OpenSite(server.URL, target.SiteOptions{Active: []string{"canary"}, Paths: []string{"login=/login"}, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Close)
	r, err := Run(t.Context(), site, plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, sink := range r.Sinks {
		if sink.Problem != nil {
			t.Errorf("%s: %v", sink.Sink, sink.Problem)
		}
		sink.Sink.Value = filepath.Base(sink.Sink.Value)
	}
	if os.Getenv("CANARY_LINES") != "" {
		for _, sink := range r.Sinks {
			for _, line := range slices.Concat(sink.Lines, sink.Unmarked) {
				t.Logf("%s: %q", sink.Sink, line.Text)
			}
		}
	}
	return r
}

// summary is what the canary says, a line for each kind of verdict and log; what is good is left out.
func summary(r *Result) string {
	var out []string
	add := func(kind string, names []string) {
		if len(names) > 0 {
			out = append(out, kind+": "+strings.Join(names, ", "))
		}
	}
	if !r.Seen() {
		return "nothing seen"
	}
	var unlogged []string
	var best *Record
	for _, q := range r.Sent() {
		if q.Name == NameHostile || q.Name == NameLogin || q.Name == NameJSONLogin {
			continue
		}
		record := r.Record(q)
		if record == nil && r.Trace(q) == nil && r.Known(q) {
			unlogged = append(unlogged, q.Name)
		}
		if record != nil && (q.Name == NamePage || q.Name == NameMissing) && (best == nil || record.Fields.score() > best.Fields.score()) {
			best = record
		}
	}
	add("unlogged", unlogged)
	if best != nil {
		add("without", best.Fields.Missing())
		if best.Fields.Spoofed {
			out = append(out, "spoofed")
		}
	}
	for _, s := range r.Sinks {
		var leaks, forged, raw []string
		for _, l := range r.Leaks(s) {
			name := string(l.Marker.Channel)
			if l.Hit.Form != Raw {
				name += " (" + string(l.Hit.Form) + ")"
			}
			leaks = append(leaks, name)
		}
		for _, f := range r.Forgings(s) {
			switch f.Outcome {
			case Forged:
				forged = append(forged, string(f.Probe.Channel))
			case Unescaped:
				raw = append(raw, fmt.Sprintf("%s %+q", f.Probe.Channel, strings.Join(f.Found, "")))
			}
		}
		add("leaks into "+s.Sink.Value, leaks)
		add("forged in "+s.Sink.Value, forged)
		add("raw in "+s.Sink.Value, raw)
	}
	return strings.Join(out, "\n")
}

func TestRealServers(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(setups)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setups[name]
			r := s.run(t)
			if got := summary(r); got != strings.TrimSpace(s.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(s.want))
			}
		})
	}
}
