package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/workflows"
)

// cacheSwitch is how an action's cache is turned on or off.
type cacheSwitch int

const (
	cacheAlways  cacheSwitch = iota
	cacheUnless              // on, unless the input is true
	cacheDefault             // on, unless the input is false
	cacheOptIn               // off, unless the input is set and not false
)

// cachers are actions that restore a cache, the input that decides and how.
var cachers = map[string]struct {
	input string
	how   cacheSwitch
}{
	"actions/cache": {"lookup-only", cacheUnless}, "actions/cache/restore": {"lookup-only", cacheUnless}, "swatinem/rust-cache": {"lookup-only", cacheUnless},
	"actions/setup-node": {"cache", cacheOptIn}, "actions/setup-python": {"cache", cacheOptIn}, "actions/setup-java": {"cache", cacheOptIn},
	"actions/setup-dotnet": {"cache", cacheOptIn}, "graalvm/setup-graalvm": {"cache", cacheOptIn}, "pnpm/action-setup": {"cache", cacheOptIn},
	"ruby/setup-ruby": {"bundler-cache", cacheOptIn}, "pyo3/maturin-action": {"sccache", cacheOptIn}, "mamba-org/setup-micromamba": {"cache-environment", cacheOptIn},
	"docker/setup-buildx-action": {"cache-binary", cacheDefault}, "actions/setup-go": {"cache", cacheDefault}, "astral-sh/setup-uv": {"enable-cache", cacheDefault},
	"actions-rust-lang/setup-rust-toolchain": {"cache", cacheDefault}, "mlugg/setup-zig": {"use-cache", cacheDefault}, "jdx/mise-action": {"cache", cacheDefault},
	"golangci/golangci-lint-action": {"skip-cache", cacheUnless}, "oven-sh/setup-bun": {"no-cache", cacheUnless},
	"gradle/actions/setup-gradle": {"cache-disabled", cacheUnless}, "gradle/gradle-build-action": {"cache-disabled", cacheUnless},
	"mozilla-actions/sccache-action": {}, "hendrikmuhs/ccache-action": {}, "determinatesystems/magic-nix-cache-action": {}, "nix-community/cache-nix-action": {},
}

// publishActions hand a result to others.
var publishActions = []string{"pypa/gh-action-pypi-publish", "softprops/action-gh-release", "ncipollo/release-action", "actions/upload-release-asset", "svenstaro/upload-release-action",
	"goreleaser/goreleaser-action", "js-devtools/npm-publish", "changesets/action", "katyo/publish-crates", "rubygems/release-gem", "cycjimmy/semantic-release-action",
	"release-plz/action", "actions/deploy-pages", "peaceiris/actions-gh-pages", "jamesives/github-pages-deploy-action", "elgohr/publish-docker-github-action",
	"marvinpinto/action-automatic-releases", "helm/chart-releaser-action"}

// caches reports caches that a publishing run restores: once per file, at the worst of them.
func (c *pipeline) caches() {
	events := c.publishingEvents()
	var worst *workflows.Step
	severity, count := checks.Severity(0), 0
	var job string
	for _, j := range c.flow.Jobs {
		publishes := slices.ContainsFunc(j.Steps, publishesResult)
		facts := events
		if len(events) == 0 {
			if !publishes {
				continue
			}
			facts = []workflows.Facts{func(string) workflows.Value { return workflows.Unknown() }}
		}
		for _, s := range j.Steps {
			if !slices.ContainsFunc(facts, func(f workflows.Facts) bool {
				return conditionHolds(j.If, f) && conditionHolds(s.If, f) && restoresCache(s, f)
			}) {
				continue
			}
			count++
			if of := cacheSeverity(j, publishes); of > severity {
				severity, worst, job = of, s, j.ID
			}
		}
	}
	if worst == nil {
		return
	}
	c.failSeveral(count, worst.Uses.Node, checks.Finding{Rule: "cache-poisoning", Attribute: worst.Uses.Slug(), Severity: severity, Expected: "no cache in a run that publishes",
		Actual:  fmt.Sprintf("%s restores one in the job %s (%d in this file)", worst.Uses.Text, job, count),
		Message: "Any run of the default branch can write that cache, also one that a stranger's code got into; what it holds ends up in what is published",
		Fix:     repair("Turn the cache off in this workflow", "remove the input"), Snippet: cacheOff(worst.Uses.Name())})
}

// cacheSeverity is low for a job that was not seen to hand anything on.
func cacheSeverity(j *workflows.Job, publishes bool) checks.Severity {
	if publishes || slices.ContainsFunc(j.Steps, func(s *workflows.Step) bool { return s.Uses.Is("actions/upload-artifact") }) {
		return checks.Medium
	}
	return checks.Low
}

// publishingEvents are the facts of the events by which a workflow publishes: a release, or a pushed tag.
func (c *pipeline) publishingEvents() []workflows.Facts {
	var out []workflows.Facts
	for _, t := range c.flow.Triggers {
		if t.Event == "release" || t.Event == "push" && yamldoc.Get(t.Body, "tags") != nil {
			event := t.Event
			out = append(out, func(path string) workflows.Value {
				switch path {
				case "github.event_name":
					return workflows.StringValue(event)
				case "github.ref":
					return workflows.StringValue("refs/tags/\x00")
				case "github.ref_type":
					return workflows.StringValue("tag")
				}
				return workflows.Unknown()
			})
		}
	}
	return out
}

func conditionHolds(condition workflows.Scalar, facts workflows.Facts) bool {
	if !condition.Set() {
		return true
	}
	e, literal := workflows.Condition(condition.Text)
	if literal || e == nil {
		return true
	}
	truth, known := workflows.Eval(e, facts).Truth()
	return truth || !known
}

func publishesResult(s *workflows.Step) bool {
	if s.Uses.Is("docker/build-push-action") {
		return strings.EqualFold(s.With.Get("push").Text, "true") || strings.Contains(s.With.Get("outputs").Text, "type=registry")
	}
	return s.Uses.Is(publishActions...) || publishes(s.Run.Text) != ""
}

func restoresCache(s *workflows.Step, facts workflows.Facts) bool {
	if s.Uses == nil {
		return false
	}
	cacher, ok := cachers[s.Uses.Name()]
	if !ok {
		return false
	}
	switch s.Uses.Name() {
	case "docker/setup-buildx-action": // the binary is cached only where a version is asked for
		if !s.With.Get("version").Set() {
			return false
		}
	case "actions/setup-go": // a cache by default since the fourth version
		if major := version(s.Uses); major > 0 && major < 4 && !s.With.Get(cacher.input).Set() {
			return false
		}
	case "astral-sh/setup-uv": // auto, the default, is off since the tenth
		if v := s.With.Get(cacher.input).Text; version(s.Uses) >= 10 && (v == "" || v == "auto") {
			return false
		}
	}
	if cacher.how == cacheAlways {
		return true
	}
	v := s.With.Get(cacher.input)
	if !v.Set() || strings.TrimSpace(v.Text) == "" {
		return cacher.how != cacheOptIn
	}
	text := strings.ToLower(strings.TrimSpace(v.Text))
	if found := workflows.Find(text); len(found) == 1 && found[0].Raw == text {
		value := workflows.Eval(workflows.Find(v.Text)[0].Expr, facts)
		if truth, known := value.Truth(); known {
			text = map[bool]string{true: "true", false: "false"}[truth]
		}
	}
	if cacher.how == cacheUnless {
		return text != "true"
	}
	return text != "false"
}

// cacheOff is the input that turns an action's cache off.
func cacheOff(action string) string {
	switch c := cachers[action]; c.how {
	case cacheUnless:
		return "with:\n  " + c.input + ": true"
	case cacheDefault:
		return "with:\n  " + c.input + ": false"
	case cacheOptIn:
		return "# remove the input " + c.input
	}
	return "# remove the step"
}
