package logging

import (
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
	"hardcheck/checks/logging/canary"
)

// canaryAbsent is what the canary's checks say where the user did not ask for it.
const canaryAbsent = "Needs --active=canary and the site's logs (--log, --log-command or --log-unit): at most 12 marked requests"

// Configuration is what the command line gives this chapter. The zero value is nothing.
type Configuration struct {
	Canary *canary.Plan // nil where the user did not opt in
}

// canaryKey is what the run is remembered under, so that all checks of a site share it.
type canaryKey struct{}

type canaryRun struct {
	result *canary.Result
	err    error
}

// runCanary sends the marked requests, the first time that it is called for a site. It is nil where there is nothing to judge;
// then the pass says why.
func runCanary(p *checks.Pass) (*canary.Result, error) {
	if !p.Site().Active("canary") {
		p.NotApplicable(p.Check.Absent)
		return nil, nil
	}
	configuration, _ := p.Configuration().(*Configuration)
	if configuration == nil || configuration.Canary == nil || len(configuration.Canary.Sinks) == 0 {
		return nil, &checks.Problem{Op: "look for markers in the logs of", Where: p.Site().URL().String(), Expected: "a log (--log, --log-command or --log-unit)", Actual: "none", Retry: checks.RetryUseless}
	}
	run := p.Site().Remember(canaryKey{}, func() any {
		result, err := canary.Run(p.Context(), p.Site(), configuration.Canary)
		return canaryRun{result, err}
	}).(canaryRun)
	if run.err != nil {
		return nil, run.err
	}
	return run.result, blindSpots(p, run.result)
}

// blindSpots reports what could not be looked at. Where no marker was seen at all nothing can be told: the logs may be
// those of another site.
func blindSpots(p *checks.Pass, r *canary.Result) error {
	for _, s := range r.Sinks {
		if s.Problem != nil {
			if err := probe.Blind(p, s.Problem); err != nil {
				return err
			}
		}
	}
	if r.Stopped != nil {
		p.Problem(*r.Stopped)
	}
	if !r.Seen() {
		p.Problem(checks.Problem{Op: "look for markers in the logs of", Where: p.Site().URL().String(), Retry: checks.RetryWithCare, Blind: true,
			Expected: "a marker of one of " + strconv.Itoa(len(r.Sent())) + " requests in " + sinkNames(r),
			Actual:   "none within " + r.Waited.Round(time.Second/10).String() + " of the last answer: either nothing is logged, or these are not the logs of this site, or they are written later"})
	}
	return nil
}

func sinkNames(r *canary.Result) string {
	names := make([]string, len(r.Sinks))
	for i, s := range r.Sinks {
		names[i] = s.Sink.String()
	}
	return strings.Join(names, ", ")
}

// inSink is the subject of one channel in one log.
func inSink(channel canary.Channel, s *canary.SinkResult) checks.Subject {
	return checks.Subject{Kind: "channel", Name: string(channel) + " in " + s.Sink.String()}
}

// lines counts lines.
func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return strconv.Itoa(n) + " lines"
}

// excerptBytes bounds what is shown of a line.
const excerptBytes = 180

// excerpt is the part of a line around a place, escaped so that no terminal acts on it.
func excerpt(line *canary.Line, at int) string {
	text := line.Text
	from := max(0, min(at-excerptBytes/2, len(text)-excerptBytes))
	to := min(len(text), from+excerptBytes)
	shown := strconv.QuoteToASCII(text[from:to])
	if from > 0 {
		shown = "..." + shown
	}
	if to < len(text) {
		shown += "..."
	}
	return shown
}

// withWriter is a fix that begins with the directive of the product that writes the line, where that is known.
func withWriter(directive string, writer *canary.Product, general string) string {
	if directive == "" || writer == nil {
		return general
	}
	return "This looks like a line of " + writer.Name + ". " + directive
}
