package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// openOutbound prepares what asks providers about the tokens that are found, where the user opted into that; else it is
// nil. quiet ends whatever else is being written to w.
func (s *siteFlags) openOutbound(w io.Writer, quiet func()) (*target.Outbound, error) {
	if !slices.Contains(s.active, "validate") {
		return nil, nil
	}
	return target.NewOutbound(target.OutboundOptions{Version: version, Resolve: s.resolve, CAFile: s.caFile,
		Announce: func(plan []checks.Intent, budget int) {
			quiet()
			announce(w, plan, budget)
		}})
}

// announce says what is about to be sent where.
func announce(w io.Writer, plan []checks.Intent, budget int) {
	tokens, hosts := 0, map[string]bool{}
	for _, intent := range plan {
		tokens += intent.Count
		hosts[intent.Host] = true
	}
	if tokens == 0 {
		fmt.Fprintln(w, "hardcheck: --active validate: no token was found that its provider can be asked about; nothing is sent")
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "hardcheck: --active validate: %d %s will be sent to %d %s, with at most %d requests:\n", tokens, plural(tokens, "token"), len(hosts), plural(len(hosts), "host"), budget)
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, intent := range plan {
		fmt.Fprintf(t, "  %s\t%d x %s\n", intent.Host, intent.Count, intent.What)
	}
	t.Flush()
	io.WriteString(w, b.String())
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
