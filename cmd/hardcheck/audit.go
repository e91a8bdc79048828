package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"syscall"

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
	targetFlags
	canaryFlags
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
	items      []policy.Item          // those in force, in the order of the jobs
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

The root of a system (--root, or a directory with etc/passwd and usr or bin, such as /) is judged as one: its own
accounts, groups and package lists say who is who, whatever machine it is looked at from.

Findings of secrets carry a hash by which the same secret is known in another report; the environment
variable HARDCHECK_REPORT_KEY keys it, so that nobody else can try values.

A directory and a URL in one run are joined: findings of the URL name the line of the configuration that sets or
drops a header, and what the configuration sets and the answer lacks is a finding of its own.

A URL is audited passively: a few dozen requests that change nothing, for the URL, for a page that it does
not have, for files that should not be served, and for each --path. A path may have a role: login, error,
authenticated and logout. The last two are asked for with --auth-header; a logout comes last, for it ends the
session. Basic authentication is read from the environment variables HARDCHECK_USER and HARDCHECK_PASSWORD,
the header of a signed-in user from HARDCHECK_AUTH_HEADER; neither is ever sent to another host. --insecure
goes on where a certificate is not accepted, and reports that as a finding.`,
		Example: `  hardcheck audit
  hardcheck audit --profile strict services/shop
  hardcheck audit --rev origin/main .
  hardcheck audit --staged
  hardcheck audit --base origin/main .
  hardcheck audit --module secrets --module permissions
  hardcheck audit --module permissions --root /mnt/image
  hardcheck audit --path /pricing --path login=/login https://staging.shop.example
  HARDCHECK_AUTH_HEADER='Cookie: sid=...' hardcheck audit --path authenticated=/account --path logout=/logout https://staging.shop.example
  hardcheck audit --insecure https://staging.internal:8443
  hardcheck audit --targets sites.txt --jobs 16 --format json > audit.json
  hardcheck audit --resolve shop.example:443:127.0.0.1:8443 --cacert ca.pem https://shop.example
  hardcheck audit --active declare https://staging.shop.example
  hardcheck audit --active declare,body --upload-path /upload http://127.0.0.1:8000
  hardcheck audit --active canary --log /var/log/nginx/access.log --log-unit shop http://127.0.0.1:8000
  hardcheck audit --format json -o table=audit.txt . > audit.json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd, args) },
	}
	a.outputFlags.add(cmd)
	a.policyFlags.add(cmd)
	a.siteFlags.add(cmd)
	a.targetFlags.add(cmd)
	a.canaryFlags.add(cmd)
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
	scheme, _, ok := strings.Cut(target, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
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

func (a *audit) run(cmd *cobra.Command, args []string) error {
	stdout, files, err := a.parse()
	if err != nil {
		return err
	}
	targets, err := a.targetFlags.all(args, cmd.InOrStdin())
	if err != nil {
		return err
	}
	if err := knownModules(a.modules); err != nil {
		return err
	}
	if err := a.siteFlags.check(targets); err != nil {
		return err
	}
	if err := a.canaryFlags.check(a.active, targets); err != nil {
		return err
	}
	if err := a.checkRevisions(targets); err != nil {
		return err
	}
	pol, err := a.load(firstDirectory(targets))
	if err != nil {
		return err
	}
	a.policySite = pol.SiteFor
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
