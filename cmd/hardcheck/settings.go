package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/settings"
	"hardcheck/checks/target"
	"hardcheck/cmd/internal/render"
)

// settingsRun is one run of "hardcheck settings".
type settingsRun struct {
	audit
	everything bool
}

func newSettings() *cobra.Command {
	s := &settingsRun{}
	cmd := &cobra.Command{
		Use:   "settings [TARGET]",
		Short: "Show every security setting found in a tree or on a site, and where",
		Long: `Settings shows what the checks judge: every security setting of every server, framework and service found
in TARGET, by scope, with its value and place. --all adds inherited settings and the products' defaults.
A value that is not known until run time is shown as dynamic.`,
		Example: `  hardcheck settings
  hardcheck settings --all deploy/
  hardcheck settings --format json . | jq '.settings[] | select(.layer=="nginx")'
  hardcheck settings https://staging.shop.example`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&s.format, "format", "table", "table or json")
	f.BoolVar(&s.everything, "all", false, "show inherited and default settings too")
	f.StringVar(&s.rev, "rev", "", "read this git revision of the directory")
	s.addLook(cmd)
	s.policyFlags.add(cmd)
	s.siteFlags.add(cmd)
	return cmd
}

func (s *settingsRun) run(cmd *cobra.Command, args []string) error {
	where := "."
	if len(args) > 0 {
		where = args[0]
	}
	if err := s.checkLook(); err != nil {
		return err
	}
	if s.format != "table" && s.format != "json" {
		return fmt.Errorf("unknown format %q: expected table or json", s.format)
	}
	if err := s.siteFlags.check([]string{where}); err != nil {
		return err
	}
	scopes, problems, err := s.collect(cmd.Context(), where)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	if s.format == "json" {
		err = render.SettingsJSON(w, scopes, problems)
	} else {
		err = render.SettingsTable(w, scopes, problems, s.style(w), s.everything)
	}
	if err == nil && cmd.Context().Err() != nil {
		return exit(exitInterrupted)
	}
	return err
}

func (s *settingsRun) collect(ctx context.Context, where string) ([]*checks.Scope, []checks.Problem, error) {
	if isURL(where) {
		return s.collectSite(ctx, where)
	}
	pol, err := s.load(where)
	if err != nil {
		return nil, nil, err
	}
	tree, err := target.OpenTree(ctx, where, s.treeOptions(pol, where))
	if err != nil {
		return nil, nil, err
	}
	defer tree.Close()
	result := engine.RunTree(ctx, tree, nil, engine.Options{})
	return result.Scopes, result.Problems, nil
}

func (s *settingsRun) collectSite(ctx context.Context, where string) ([]*checks.Scope, []checks.Problem, error) {
	site, save, err := s.open(where)
	if err != nil {
		return nil, nil, err
	}
	defer site.Close()
	var scopes []*checks.Scope
	for _, path := range site.Paths() {
		x, err := site.Page(ctx, path)
		if err != nil {
			return nil, nil, err
		}
		scopes = append(scopes, settings.OfExchange(x))
	}
	return scopes, nil, save()
}
