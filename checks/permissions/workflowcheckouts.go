package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

// persisted reports checkouts that leave the token in .git/config: once per file, at the worst of them.
func (c *pipeline) persisted() {
	var worst checks.Finding
	count := 0
	for _, j := range c.flow.Jobs {
		needs := c.needsOf(j)
		last := lastUpload(j.Steps)
		for i, s := range j.Steps {
			if !s.Uses.Is("actions/checkout") || !keepsToken(s) {
				continue
			}
			var uploaded *workflows.Step
			if i < last {
				uploaded = j.Steps[last]
			}
			if uploaded == nil && slices.Contains(needs.why["contents"], "git push") {
				continue // it is kept to be used
			}
			count++
			f := c.persistedAt(j, s, uploaded)
			if f.Severity > worst.Severity {
				worst = f
			}
		}
	}
	if count == 0 {
		return
	}
	if count > 1 {
		worst.Message += fmt.Sprintf(" (%d checkouts in this file)", count)
	}
	c.failSeveral(count, nil, worst)
}

// keepsToken reports a checkout whose persist-credentials is not turned off. Since its sixth version the token lies outside the
// workspace, where an upload does not find it.
func keepsToken(s *workflows.Step) bool {
	v := s.With.Get("persist-credentials")
	return !strings.EqualFold(strings.TrimSpace(v.Text), "false")
}

func (c *pipeline) persistedAt(j *workflows.Job, s *workflows.Step, uploaded *workflows.Step) checks.Finding {
	f := checks.Finding{Rule: "persisted-credentials", Attribute: "checkout", Place: c.within(s.Uses.Node, s.Uses.Text), Severity: checks.Info,
		Expected: "persist-credentials: false", Actual: "persist-credentials: true, the default",
		Message: "The job's token stays where every later step of the job " + j.ID + ", also a test or a build script, can read it",
		Fix:     repair("Turn it off where no later step pushes", "remove the line"), Snippet: "with:\n  persist-credentials: false"}
	if v := s.With.Get("persist-credentials"); v.Set() {
		f.Actual = "persist-credentials: " + v.Text
	}
	if g := c.flow.Effective(j); g == nil && !c.flow.Called() || g != nil && g.Writes() {
		f.Severity = checks.Low
	}
	if uploaded != nil && version(s.Uses) < 6 {
		f.Severity, f.Attribute = checks.High, "checkout uploaded"
		f.Message = fmt.Sprintf("The artifact made at line %d holds the workspace with .git/config and the job's token in it", uploaded.Node.Line)
	}
	return f
}

// version is the major version that the ref or the comment behind it names; 0 for none.
func version(u *workflows.Uses) int {
	if n := u.Major(); n > 0 && u.RefKind() == workflows.RefTag {
		return n
	}
	comment := strings.TrimLeft(u.Node.LineComment, "# \t")
	comment = strings.TrimPrefix(strings.TrimPrefix(comment, "tag="), "v")
	n := 0
	for i := 0; i < len(comment) && comment[i] >= '0' && comment[i] <= '9' && n < 1000; i++ {
		n = n*10 + int(comment[i]-'0')
	}
	return n
}

// lastUpload is the last step that uploads the whole workspace with its hidden files, or -1.
func lastUpload(steps []*workflows.Step) int {
	for i := len(steps) - 1; i >= 0; i-- {
		if uploadsWorkspace(steps[i]) {
			return i
		}
	}
	return -1
}

// uploadsWorkspace knows that upload-artifact leaves hidden files out since version 4.4, unless told.
func uploadsWorkspace(s *workflows.Step) bool {
	if !s.Uses.Is("actions/upload-artifact") {
		return false
	}
	hidden := s.With.Get("include-hidden-files")
	if !strings.EqualFold(hidden.Text, "true") && (hidden.Set() || version(s.Uses) >= 4) {
		return false
	}
	for line := range strings.Lines(s.With.Get("path").Text) {
		line = strings.TrimSpace(line)
		switch strings.TrimRight(strings.ReplaceAll(line, " ", ""), "/*") {
		case "": // a pattern of everything, not the root of the machine
			if line != "" && line[0] != '/' {
				return true
			}
		case ".", "${{github.workspace}}", "./.git", ".git":
			return true
		}
	}
	return false
}
