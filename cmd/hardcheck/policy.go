package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"hardcheck/checks/all"
	"hardcheck/cmd/internal/render"
	"hardcheck/policy"
)

func newPolicy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Begin, validate and explain the policy file",
		Example: `  hardcheck policy init
  hardcheck policy validate
  hardcheck policy explain headers/hsts`,
	}
	cmd.AddCommand(newPolicyInit(), newPolicyValidate(), newPolicyExplain(), newPolicySchema())
	return cmd
}

func newPolicyInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented policy file to begin with (default: hardcheck.yaml)",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			path := "hardcheck.yaml"
			if len(args) > 0 {
				path = args[0]
			}
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s exists and was left as it is; name another file", path)
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			if err := policy.Init(f); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "wrote %s; \"hardcheck policy explain\" shows what is in force\n", path)
			return err
		},
	}
}

func newPolicyValidate() *cobra.Command {
	flags := &policyFlags{}
	cmd := &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Check a policy file and the files it names, and print every mistake with its place",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				flags.file = args[0]
			}
			p, err := flags.load("")
			if err != nil {
				return err
			}
			if _, err := secretInputs(p); err != nil {
				return err
			}
			name := p.Ref().File
			if name == "" {
				name = "no policy file; profile " + p.Ref().Profile
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: valid, %d items in force\n", name, len(p.Items()))
			return err
		},
	}
	flags.add(cmd)
	return cmd
}

func newPolicyExplain() *cobra.Command {
	e := &explain{}
	cmd := &cobra.Command{
		Use:   "explain [ITEM]",
		Short: "Show the effective policy, or one item of it, and where every value comes from",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return e.item(cmd, args[0])
			}
			if err := e.checkLook(); err != nil {
				return err
			}
			p, err := e.load("")
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			return render.PolicySettings(w, p, e.style(w))
		},
	}
	e.policyFlags.add(cmd)
	e.addLook(cmd)
	return cmd
}

func newPolicySchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON schema of policy files, for editors",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(policy.PolicySchema(all.All()))
			return err
		},
	}
}
