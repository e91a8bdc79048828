package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"hardcheck/checks/all"
	"hardcheck/cmd/internal/render"
	"hardcheck/policy"
)

// explain is one run of "hardcheck explain" or "hardcheck policy explain".
type explain struct {
	outputFlags
	policyFlags
}

func newExplain() *cobra.Command {
	e := &explain{}
	cmd := &cobra.Command{
		Use:   "explain CHECK [RULE]",
		Short: "Say what a check asks, why, how to fix it, and what the policy makes of it",
		Example: `  hardcheck explain headers/hsts
  hardcheck explain --profile strict uploads/body-limit
  hardcheck explain secrets/provider-tokens npm-token`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return e.rule(cmd, args[0], args[1])
			}
			return e.item(cmd, args[0])
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return ruleIDs(args[0]), cobra.ShellCompDirectiveNoFileComp
			}
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

func ruleIDs(check string) []string {
	var ids []string
	for _, c := range all.All() {
		for _, r := range c.Rules {
			if c.ID == check {
				ids = append(ids, r.ID+"\t"+r.Title)
			}
		}
	}
	return ids
}

// find explains an item by its name, under the policy in force.
func (e *explain) find(name string) (policy.Explanation, error) {
	if err := e.checkLook(); err != nil {
		return policy.Explanation{}, err
	}
	p, err := e.load("")
	if err != nil {
		return policy.Explanation{}, err
	}
	return p.Explain(name)
}

// rule explains one rule of a check.
func (e *explain) rule(cmd *cobra.Command, name, id string) error {
	explanation, err := e.find(name)
	if err != nil {
		return err
	}
	rule := explanation.Item.Check.Rule(id)
	if rule == nil {
		return fmt.Errorf("%s has no rule %q; \"hardcheck explain %s\" lists them", explanation.Item.Check.ID, id, name)
	}
	w := cmd.OutOrStdout()
	return render.ExplainRule(w, explanation, rule, e.style(w))
}

func (e *explain) item(cmd *cobra.Command, name string) error {
	explanation, err := e.find(name)
	if err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	return render.Explain(w, explanation, e.style(w))
}
