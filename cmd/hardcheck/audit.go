package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/checks/all"
	"hardcheck/checks/engine"
	"hardcheck/checks/secrets"
	"hardcheck/checks/target"
	"hardcheck/policy"
)

// policyFlags choose the policy.
type policyFlags struct{ file, profile string }

func (p *policyFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.file, "policy", "", "policy file (default: hardcheck.yaml in the target's directory or above, else the baseline profile)")
	cmd.Flags().StringVar(&p.profile, "profile", "", "profile: "+strings.Join(policy.Profiles(), ", ")+", or one of the policy file")
	cmd.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions(policy.Profiles(), cobra.ShellCompDirectiveNoFileComp))
}

// load finds the policy for a directory.
func (p *policyFlags) load(dir string) (*policy.Policy, error) {
	return policy.Load(policy.Options{Checks: all.All(), Dir: dir, File: p.file, Profile: p.profile})
}

// audit is one run of "hardcheck audit".
type audit struct {
	outputFlags
	policyFlags
	siteFlags
	rev        string
	modules    []string
	staged     bool
	base       string
	since      string
	all        bool
	reportOnly bool
	debug      bool
	secrets    *secrets.Configuration // what the policy gives the chapter besides parameters
	outbound   checks.Outbound        // nil where the user did not opt into asking providers
	trees      []engine.Result        // what was seen of the directories, which sites are joined with
	quiet      func()                 // ends the line of progress
}

func newAudit() *cobra.Command {
	a := &audit{quiet: func() {}}
	a.treeProbes = target.TreeProbes
	cmd := &cobra.Command{
		Use:   "audit [TARGET...]",
		Short: "Audit directories, git revisions and live sites, and judge them by the policy",
		Long: `Audit runs every check of the policy over each TARGET: a directory (default: the current one), a git
repository at a revision (--rev), or an http(s) URL.

In a git repository it reads what git tracks and what is new, not what git ignores; --all reads that too.
Ignored files still count for permissions, and .env files for secrets: they are on the machine. Directories
of other people's code (node_modules, vendor, ...) are left out by the policy and counted under PROBLEMS.

Findings of secrets carry a hash by which the same secret is known in another report; the environment
variable HARDCHECK_REPORT_KEY keys it, so that nobody else can try values.

A URL is audited passively: a handful of GET requests. Basic authentication is read from the environment
variables HARDCHECK_USER and HARDCHECK_PASSWORD and is never sent to another host.`,
		Example: `  hardcheck audit
  hardcheck audit --profile strict services/shop
  hardcheck audit --rev origin/main .
  hardcheck audit --staged
  hardcheck audit --base origin/main .
  hardcheck audit --module secrets --module permissions
  hardcheck audit --path / --path /login https://staging.shop.example
  hardcheck audit --resolve shop.example:443:127.0.0.1:8443 --cacert ca.pem https://shop.example
  hardcheck audit --format json -o table=audit.txt . > audit.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd, args) },
	}
	a.outputFlags.add(cmd)
	a.policyFlags.add(cmd)
	a.siteFlags.add(cmd)
	f := cmd.Flags()
	f.StringVar(&a.rev, "rev", "", "audit this git revision of the directory, read from its objects")
	f.StringSliceVar(&a.modules, "module", nil, "run the checks of these modules only; the others are reported as skipped (default: all)")
	cmd.RegisterFlagCompletionFunc("module", cobra.FixedCompletions(moduleNames(), cobra.ShellCompDirectiveNoFileComp))
	f.BoolVar(&a.staged, "staged", false, "audit the lines that the next commit brings (for a pre-commit hook)")
	f.StringVar(&a.base, "base", "", "audit the lines that the commits after this revision bring (for a pull request)")
	f.StringVar(&a.since, "since-commit", "", "of git's history, read only what the commits after this revision brought")
	f.BoolVar(&a.all, "all", false, "in a git repository, also read what git ignores")
	cmd.MarkFlagsMutuallyExclusive("rev", "staged", "base")
	cmd.MarkFlagsMutuallyExclusive("since-commit", "staged", "base")
	f.BoolVar(&a.reportOnly, "report-only", false, "exit 0 where the gate fails (2, 3 and 130 stay)")
	f.BoolVar(&a.debug, "debug", false, "print the stack of a fault in hardcheck to standard error")
	return cmd
}

func isURL(target string) bool {
	return strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://")
}

// firstDirectory is where the policy is looked for.
func firstDirectory(targets []string) string {
	for _, t := range targets {
		if !isURL(t) {
			return t
		}
	}
	return ""
}

func (a *audit) run(cmd *cobra.Command, targets []string) error {
	if len(targets) == 0 {
		targets = []string{"."}
	}
	stdout, files, err := a.parse()
	if err != nil {
		return err
	}
	if _, err := inModules(a.modules); err != nil {
		return err
	}
	if err := a.siteFlags.check(targets); err != nil {
		return err
	}
	if err := a.checkRevisions(targets); err != nil {
		return err
	}
	pol, err := a.load(firstDirectory(targets))
	if err != nil {
		return err
	}
	if a.secrets, err = secretInputs(pol); err != nil {
		return err
	}
	outbound, err := a.openOutbound(cmd.ErrOrStderr(), func() { a.quiet() })
	if err != nil {
		return err
	}
	if outbound != nil {
		defer outbound.Close()
		a.outbound = outbound
	}
	input := a.observe(cmd.Context(), targets, pol, cmd.ErrOrStderr())
	input.Problems = append(input.Problems, a.secrets.Problems...)
	report := pol.Judge(input)
	if err := a.write(cmd, stdout, files, report); err != nil {
		return err
	}
	if report.Gate.Exit != exitPass {
		return exit(report.Gate.Exit)
	}
	return nil
}

// checkRevisions refuses a flag that says what to read of a repository where every target is a URL.
func (a *audit) checkRevisions(targets []string) error {
	if slices.ContainsFunc(targets, func(t string) bool { return !isURL(t) }) {
		return nil
	}
	flag := ""
	switch {
	case a.rev != "":
		flag = "--rev"
	case a.staged:
		flag = "--staged"
	case a.base != "":
		flag = "--base"
	case a.since != "":
		flag = "--since-commit"
	default:
		return nil
	}
	return fmt.Errorf("%s: expected a directory among the targets, found none", flag)
}

// observe runs the policy's items over every target.
func (a *audit) observe(ctx context.Context, targets []string, pol *policy.Policy, stderr io.Writer) policy.Input {
	started := time.Now()
	input := policy.Input{Tool: policy.Tool{Name: "hardcheck", Version: version}, Started: started.UTC().Truncate(time.Second),
		Now: started, ReportOnly: a.reportOnly, ReportKey: []byte(os.Getenv("HARDCHECK_REPORT_KEY"))}
	items := pol.Items()
	jobs := make([]engine.Job, len(items))
	for i, item := range items {
		jobs[i] = engine.Job{Check: item.Check, Values: item.Values}
		if len(a.modules) > 0 && !slices.Contains(a.modules, string(item.Check.Module())) {
			jobs[i].Skip = "left out by --module"
		}
	}
	for _, seen := range a.observeAll(ctx, targets, pol, jobs, stderr) {
		input.Targets = append(input.Targets, seen.TargetResult)
		input.Problems = append(input.Problems, seen.problems...)
		for i := range seen.observations {
			input.Seen = append(input.Seen, policy.Observed{Item: items[i].ID, Observation: seen.observations[i]})
		}
	}
	input.Interrupted = ctx.Err() != nil
	input.Took = time.Since(started)
	return input
}

// observeAll observes every target once: the trees before the sites, which are joined with them. What it returns
// stands in the order of the targets, joined ones at the end.
func (a *audit) observeAll(ctx context.Context, targets []string, pol *policy.Policy, jobs []engine.Job, stderr io.Writer) []observed {
	var unique []string
	for _, t := range targets {
		if !slices.Contains(unique, t) {
			unique = append(unique, t)
		}
	}
	all := make([]observed, len(unique))
	for _, sites := range []bool{false, true} {
		for i, t := range unique {
			if isURL(t) == sites {
				all[i] = a.observeTarget(ctx, t, pol, jobs, stderr)
			}
		}
	}
	for i := range unique {
		all = append(all, all[i].joined...)
	}
	return all
}

// observed is what one target showed.
type observed struct {
	policy.TargetResult
	observations []checks.Observation
	problems     []checks.Problem
	joined       []observed // of a site: what it showed together with each tree
}

func (a *audit) observeTarget(ctx context.Context, locator string, pol *policy.Policy, jobs []engine.Job, stderr io.Writer) observed {
	options := engine.Options{Progress: &engine.Progress{}, Outbound: a.outbound,
		Configuration: map[checks.Module]any{checks.Secrets: a.secrets.Under(prefix(pol, locator))}}
	if a.debug {
		options.Debug = stderr
	}
	a.quiet = sync.OnceFunc(showProgress(stderr, locator, options.Progress))
	defer a.quiet()
	if isURL(locator) {
		return a.observeSite(ctx, locator, jobs, options)
	}
	tree, err := target.OpenTree(ctx, locator, a.treeOptions(pol, locator))
	if err != nil {
		return notOpened(ctx, checks.Target{Kind: treeKind(a.rev), Locator: locator}, err)
	}
	defer tree.Close()
	result := engine.RunTree(ctx, tree, jobs, options)
	a.trees = append(a.trees, result)
	return fromResult(result)
}

// treeOptions says what of a directory the policy and the flags have audited.
func (a *audit) treeOptions(pol *policy.Policy, dir string) target.TreeOptions {
	walk := pol.Walk()
	return target.TreeOptions{Rev: a.rev, Staged: a.staged, Base: a.base, Since: a.since, All: a.all || walk.All, Exclude: walk.Exclude, Prefix: pol.Prefix(dir)}
}

// prefix is where a target lies below the directory from which paths in the policy count.
func prefix(pol *policy.Policy, locator string) string {
	if isURL(locator) {
		return ""
	}
	return pol.Prefix(locator)
}

func treeKind(rev string) checks.TargetKind {
	if rev != "" {
		return checks.TargetGit
	}
	return checks.TargetDir
}

func (a *audit) observeSite(ctx context.Context, locator string, jobs []engine.Job, options engine.Options) observed {
	site, save, err := a.open(locator)
	if err != nil {
		return notOpened(ctx, checks.Target{Kind: checks.TargetURL, Locator: locator}, err)
	}
	defer site.Close()
	options.Trees = a.trees
	result := engine.RunSite(ctx, site, jobs, options)
	result.Target.Locator = locator
	result.Requests = site.Requests()
	joined := a.join(ctx, site, locator, jobs, options)
	if err := save(); err != nil {
		result.Problems = append(result.Problems, checks.Problem{Op: "record", Expected: "a file to write to", Actual: err.Error(), Retry: checks.RetrySafe, Where: a.record})
	}
	seen := fromResult(result)
	for i := range seen.observations {
		seen.observations[i].Target.Locator = locator
	}
	seen.joined = joined
	return seen
}

// join compares the site with each tree.
func (a *audit) join(ctx context.Context, site *target.Site, locator string, jobs []engine.Job, options engine.Options) []observed {
	var out []observed
	for _, tree := range a.trees {
		if !tree.Joins() || !engine.Joins(jobs) {
			continue
		}
		before := site.Requests()
		result := engine.RunJoint(ctx, tree, site, locator, jobs, options)
		result.Requests = site.Requests() - before
		out = append(out, fromResult(result))
	}
	return out
}

func fromResult(r engine.Result) observed {
	return observed{
		TargetResult: policy.TargetResult{Kind: r.Target.Kind, Locator: r.Target.Locator, Revision: r.Target.Revision,
			Files: r.Files, Bytes: r.Bytes, Requests: r.Requests, Cut: r.Cut, Unchanged: r.Unchanged},
		observations: r.Observations, problems: r.Problems,
	}
}

// notOpened is a target that could not be reached, or not any more because the run was interrupted.
func notOpened(ctx context.Context, t checks.Target, err error) observed {
	if ctx.Err() != nil {
		return observed{TargetResult: policy.TargetResult{Kind: t.Kind, Locator: t.Locator, Cut: true}}
	}
	var problem *checks.Problem
	if !errors.As(err, &problem) {
		problem = &checks.Problem{Op: "open target", Expected: "a target that can be audited", Actual: err.Error(), Retry: checks.RetryUseless, Where: t.Locator}
	}
	problem.Blind = true
	return observed{TargetResult: policy.TargetResult{Kind: t.Kind, Locator: t.Locator, Unreachable: true}, problems: []checks.Problem{*problem}}
}

// write writes every file and standard output. What fails keeps none of the others from being written.
func (a *audit) write(cmd *cobra.Command, stdout writer, files []reportFile, report policy.Report) error {
	var errs []error
	for _, file := range files {
		style := a.style(io.Discard)
		style.Color = a.color == "always"
		errs = append(errs, writeFile(file.path, func(w io.Writer) error { return file.write(w, report, style) }))
	}
	w := cmd.OutOrStdout()
	if err := stdout(w, report, a.style(w)); err != nil && !errors.Is(err, syscall.EPIPE) {
		errs = append(errs, unwritten("standard output", err))
	}
	return errors.Join(errs...)
}
