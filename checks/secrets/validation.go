package secrets

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/validate"
)

// tokenFile reports a file's tokens. Where the user opted into asking providers, it keeps those that one can be asked
// about until the whole tree has been seen.
func tokenFile(p *checks.Pass, f *checks.File) error {
	if p.Outbound() == nil {
		return inFile(p, f)
	}
	return eachFinding(p, f, func(finding checks.Finding) {
		if worthAsking(p.Check, finding) && p.KeptCount() < checks.MaxFindings {
			p.Keep(f.Path, finding)
		} else {
			p.Fail(finding)
		}
	})
}

// sessionRule is what completes an AWS key that is temporary.
const sessionRule = "aws-session-token"

// worthAsking reports whether the token of a finding may be sent: one of low precision may be another provider's, and
// one that is set aside is settled.
func worthAsking(check *checks.Check, f checks.Finding) bool {
	precision := f.Precision
	if rule := check.Rule(f.Rule); rule != nil && precision == checks.PrecisionHigh {
		precision = rule.Precision
	}
	return f.Aside == "" && precision != checks.PrecisionLow && (validate.Asks(f.Rule) || f.Rule == sessionRule)
}

// tokenTree reports the tokens that were kept, with what their providers say.
func tokenTree(p *checks.Pass) error {
	if p.Outbound() == nil {
		return nil
	}
	var findings []checks.Finding
	for _, v := range p.Kept() {
		findings = append(findings, v.(checks.Finding))
	}
	for _, f := range validated(p, findings) {
		p.Fail(f)
	}
	return nil
}

// validated asks the providers about the tokens of findings, each once, and returns the findings with what they say.
func validated(p *checks.Pass, findings []checks.Finding) []checks.Finding {
	questions := questionsOf(p.Check, findings)
	p.Outbound().Announce(intents(questions))
	for _, problem := range askAll(p.Context(), p.Outbound(), questions) {
		p.Problem(problem)
	}
	for _, q := range questions {
		for _, i := range q.findings {
			findings[i] = withVerdict(findings[i], q)
		}
	}
	return findings
}

// question is one token, the call that asks about it, and what the provider said.
type question struct {
	call       *validate.Call
	credential validate.Credential
	host       string
	turn       int   // which question of its host
	findings   []int // where the token stands
	verdict    validate.Verdict
}

// questionsOf are the tokens that can be asked about, each once. The hosts take turns, so that many tokens of one
// provider do not use up the budget of the others.
func questionsOf(check *checks.Check, findings []checks.Finding) []*question {
	sessions := map[[2]string]string{} // by file and key ID
	for _, f := range findings {
		if f.Rule == sessionRule {
			sessions[[2]string{f.Place.Path, f.Companion}] = f.ContentKey
		}
	}
	known := map[[sha256.Size]byte]*question{}
	turns := map[string]int{}
	var out []*question
	for i, f := range findings {
		if !worthAsking(check, f) {
			continue
		}
		c := validate.Credential{Rule: f.Rule, Secret: f.ContentKey, Companion: f.Companion}
		if c.Companion != "" {
			c.Session = sessions[[2]string{f.Place.Path, f.Companion}]
		}
		key := sha256.Sum256(fmt.Appendf(nil, "%q", []string{c.Rule, c.Secret, c.Companion, c.Session}))
		if q := known[key]; q != nil {
			q.findings = append(q.findings, i)
			continue
		}
		call := validate.CallOf(c)
		if call == nil {
			continue
		}
		q := &question{call: call, credential: c, host: call.Host(c), findings: []int{i}}
		q.turn = turns[q.host]
		turns[q.host]++
		known[key] = q
		out = append(out, q)
	}
	slices.SortStableFunc(out, func(a, b *question) int { return cmp.Compare(a.turn, b.turn) })
	return out
}

// intents counts the questions by token and host.
func intents(questions []*question) []checks.Intent {
	titles := map[string]string{}
	for _, r := range providers.Rules() {
		titles[r.ID] = r.Title
	}
	counts := map[checks.Intent]int{}
	for _, q := range questions {
		counts[checks.Intent{What: titles[q.credential.Rule], Host: q.host}]++
	}
	var out []checks.Intent
	for intent, n := range counts {
		intent.Count = n
		out = append(out, intent)
	}
	slices.SortFunc(out, func(a, b checks.Intent) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.What, b.What))
	})
	return out
}

// askers are the questions prepared at once; how many are under way the sender bounds.
const askers = 2

// askAll asks every question, and returns what kept some from an answer.
func askAll(ctx context.Context, out checks.Outbound, questions []*question) []checks.Problem {
	work := make(chan *question)
	problems := make(chan checks.Problem, len(questions))
	var group sync.WaitGroup
	for range askers {
		group.Go(func() {
			for q := range work {
				if problem := q.ask(ctx, out); problem != nil {
					problems <- *problem
				}
			}
		})
	}
	for _, q := range questions {
		work <- q
	}
	close(work)
	group.Wait()
	close(problems)
	var list []checks.Problem
	for p := range problems {
		list = append(list, p)
	}
	return list
}

// ask sends one question. Without an answer the verdict stays unknown, which blinds nothing: the finding stands.
func (q *question) ask(ctx context.Context, out checks.Outbound) *checks.Problem {
	response, err := out.Send(ctx, q.call.Request(q.credential, time.Now()))
	if err == nil {
		q.verdict = q.call.Read(response, q.credential)
		return nil
	}
	var problem *checks.Problem
	if !errors.As(err, &problem) {
		problem = &checks.Problem{Op: "ask the provider", Expected: "an answer about the token", Actual: "none", Retry: checks.RetrySafe, Where: q.host}
	}
	return problem
}

// maxShown bounds what is shown of a text that a provider sends.
const maxShown = 80

// withVerdict is the finding with what its token's provider says.
func withVerdict(f checks.Finding, q *question) checks.Finding {
	switch v := q.verdict; {
	case v.State == validate.Active:
		f.Precision = checks.PrecisionVeryHigh
		var known []string
		if v.Account != "" {
			known = append(known, "account "+printable(cut(v.Account, maxShown)))
		}
		if v.Scopes != "" {
			known = append(known, "scopes "+printable(cut(v.Scopes, maxShown)))
		}
		note := "the provider accepts it"
		if len(known) > 0 {
			note += " (" + strings.Join(known, ", ") + ")"
		}
		f.Message = join(f.Message, note)
	case v.State == validate.Revoked:
		f.Severity = min(cmp.Or(f.Severity, checks.Low), checks.Low)
		f.Message = join(f.Message, "the provider no longer accepts it ("+q.host+")")
	case v.Refused:
		f.Message = join(f.Message, q.host+" does not accept it, but "+q.call.Doubt)
	}
	return f
}
