package policy

import (
	"time"

	"hardcheck/checks"
)

// Schema is the version of the report's JSON form.
const Schema = 1

// Report is the whole result of a run, schema 1. Everything but Started and TookMS is the same for the same
// targets, policy and tool.
type Report struct {
	Schema       int              `json:"schema"`
	Tool         Tool             `json:"tool"`
	Policy       PolicyRef        `json:"policy"`
	Environment  string           `json:"environment"`
	Base         string           `json:"base"`
	Started      time.Time        `json:"started"`
	TookMS       int64            `json:"took_ms"`
	Targets      []TargetResult   `json:"targets"`
	Verdicts     []Verdict        `json:"verdicts"`
	Problems     []checks.Problem `json:"problems"`
	StaleWaivers []StaleWaiver    `json:"stale_waivers"`
	Gate         Gate             `json:"gate"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// PolicyRef names the policy in force. File is "" where only an embedded profile was used.
type PolicyRef struct {
	Profile string `json:"profile"`
	File    string `json:"file"`
	Digest  string `json:"digest"` // "sha256:" and hex, over the effective policy
}

// TargetResult is what was audited and how much of it.
type TargetResult struct {
	Kind     checks.TargetKind `json:"kind"`
	Locator  string            `json:"locator"`
	Revision string            `json:"revision"`
	Files    int64             `json:"files"`
	Bytes    int64             `json:"bytes"`
	Requests int64             `json:"requests"`
	// Pages are the pages of a site and the security headers of their answers, in the order in which they were asked for.
	Pages []checks.SeenPage `json:"pages,omitempty"`
	// Unreachable marks a target that could not be opened at all, Cut one whose audit was interrupted.
	Unreachable bool `json:"-"`
	Cut         bool `json:"-"`
	// Unchanged marks a change that brings no file: nothing was to be examined.
	Unchanged bool `json:"-"`
}

// Verdict is the judgement on one item for one target.
type Verdict struct {
	Item     string          `json:"item"`
	Check    string          `json:"check"`
	Module   checks.Module   `json:"module"`
	Title    string          `json:"title"`
	Severity checks.Severity `json:"severity"`
	Owner    string          `json:"owner"`
	Expected string          `json:"expected"`
	Rollback string          `json:"rollback"`
	Target   string          `json:"target"`
	Status   checks.Status   `json:"status"`
	Reason   string          `json:"reason"`
	Examined int             `json:"examined"`
	Findings []Finding       `json:"findings"`
	// Unit is the noun for Examined in the table: "files", "server blocks", "subjects".
	Unit string `json:"-"`
	// Note is the part of a pass's Reason that the table shows: what was left aside, and why.
	Note string `json:"-"`
}

// Finding is one failure, judged.
type Finding struct {
	Fingerprint string           `json:"fingerprint"`
	Rule        string           `json:"rule"`
	SecretID    string           `json:"secret_id,omitempty"`
	Severity    checks.Severity  `json:"severity"`
	Precision   checks.Precision `json:"precision"`
	Path        string           `json:"path"`
	Line        int              `json:"line,omitempty"`
	Column      int              `json:"column,omitempty"`
	EndLine     int              `json:"end_line,omitempty"`
	EndColumn   int              `json:"end_column,omitempty"`
	URL         string           `json:"url"`
	Inside      string           `json:"inside,omitempty"`
	Commit      string           `json:"commit,omitempty"`
	AuthorDate  string           `json:"author_date,omitempty"`
	Blob        string           `json:"blob,omitempty"`
	Attribute   string           `json:"attribute"`
	Expected    string           `json:"expected"`
	Actual      string           `json:"actual"`
	Message     string           `json:"message"`
	Fix         string           `json:"fix"` // the lines after the first are what to paste
	New         bool             `json:"new"`
	Waiver      *WaiverUse       `json:"waiver"`
	Blocks      bool             `json:"blocks"`
}

// WaiverUse is the waiver that covers a finding.
type WaiverUse struct {
	Item    string `json:"item"`
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"` // YYYY-MM-DD, end of that day in UTC; "" for what a comment or a baseline sets aside
	Ticket  string `json:"ticket,omitempty"`
}

// StaleWaiver is a waiver that covered nothing, or whose time is over.
type StaleWaiver struct {
	Item    string   `json:"item"`
	Paths   []string `json:"paths,omitempty"`
	Owner   string   `json:"owner"`
	Expires string   `json:"expires"`
	Why     string   `json:"why"`   // "expired" or "matched nothing"
	Where   string   `json:"where"` // file:line:column of the waiver
}

// Outcome is the gate's word.
type Outcome string

// Outcomes.
const (
	GatePass       Outcome = "pass"
	GateFail       Outcome = "fail"
	GateIncomplete Outcome = "incomplete"
)

// Gate is the one decision, taken before any writer runs.
type Gate struct {
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason"`
	Score   int     `json:"score"`
	Exit    int     `json:"exit"`
}
