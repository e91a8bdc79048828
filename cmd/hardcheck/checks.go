package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/checks/all"
)

func newChecks() *cobra.Command {
	format := "table"
	cmd := &cobra.Command{
		Use:     "checks [MODULE...]",
		Aliases: []string{"list"},
		Short:   "List every check: its ID, severity, targets and title",
		Example: "  hardcheck checks\n  hardcheck checks headers uploads\n  hardcheck checks --format markdown > checks/README.md",
		RunE: func(cmd *cobra.Command, modules []string) error {
			list, err := inModules(modules)
			if err != nil {
				return err
			}
			switch format {
			case "table":
				return listChecks(cmd.OutOrStdout(), list)
			case "markdown":
				_, err := io.WriteString(cmd.OutOrStdout(), all.Checklist(list))
				return err
			}
			return fmt.Errorf("unknown format %q: expected table or markdown", format)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return moduleNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "table or markdown")
	return cmd
}

func moduleNames() []string {
	var names []string
	for _, m := range checks.Modules() {
		names = append(names, string(m))
	}
	return names
}

func inModules(modules []string) ([]*checks.Check, error) {
	if err := knownModules(modules); err != nil {
		return nil, err
	}
	list := all.All()
	if len(modules) == 0 {
		return list, nil
	}
	var out []*checks.Check
	for _, module := range modules {
		for _, c := range list {
			if string(c.Module()) == module {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// knownModules refuses a module that there is not.
func knownModules(modules []string) error {
	for _, module := range modules {
		if !slices.Contains(moduleNames(), module) {
			return fmt.Errorf("unknown module %q: expected %s", module, strings.Join(moduleNames(), ", "))
		}
	}
	return nil
}

func listChecks(w io.Writer, list []*checks.Check) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, c := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", c.ID, c.Severity, runsOn(c), c.Title)
	}
	return t.Flush()
}

func runsOn(c *checks.Check) string {
	switch {
	case c.OnTree() && c.OnSite():
		return "files, url"
	case c.OnSite():
		return "url"
	case !c.OnTree():
		return "files with url"
	}
	return "files"
}
