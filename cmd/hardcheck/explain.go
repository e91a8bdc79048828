package main

import (
	"github.com/spf13/cobra"

	"hardcheck/checks/all"
	"hardcheck/cmd/internal/render"
)

// explain is one run of "hardcheck explain" or "hardcheck policy explain".
type explain struct {
	outputFlags
	policyFlags
}

func newExplain() *cobra.Command {
	e := &explain{}
	cmd := &cobra.Command{
		Use:   "explain CHECK",
		Short: "Say what a check asks, why, how to fix it, and what the policy makes of it",
		Example: `  hardcheck explain headers/hsts
  hardcheck explain --profile strict uploads/body-limit`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return e.item(cmd, args[0]) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return checkIDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	e.policyFlags.add(cmd)
	e.addLook(cmd)
	return cmd
}

func checkIDs() []string {
	var ids []string
	for _, c := range all.All() {
		ids = append(ids, c.ID+"\t"+c.Title)
	}
	return ids
}

func (e *explain) item(cmd *cobra.Command, name string) error {
	if err := e.checkLook(); err != nil {
		return err
	}
	p, err := e.load("")
	if err != nil {
		return err
	}
	explanation, err := p.Explain(name)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	return render.Explain(w, explanation, e.style(w))
}
