package permissions

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

// conditions judges what guards jobs and steps, and the choices inside other expressions.
func (c *pipeline) conditions() {
	for _, j := range c.flow.Jobs {
		c.condition(j, nil, j.If)
		for _, s := range j.Steps {
			c.condition(j, s, s.If)
		}
	}
	c.expressions(func(n *yaml.Node, e workflows.Embedded) { c.ternary(n, e.Raw, e.Expr) })
}

func (c *pipeline) condition(j *workflows.Job, s *workflows.Step, condition workflows.Scalar) {
	if !condition.Set() {
		return
	}
	e, literal := workflows.Condition(condition.Text)
	if literal {
		c.fail(condition.Node, checks.Finding{Rule: "always-true", Attribute: "job " + j.ID, Expected: "an expression alone", Actual: strings.TrimSpace(condition.Text),
			Message: "Text or a line break around ${{ }} makes the condition a text, and a text that is not empty is true",
			Fix:     repair("Write the expression without braces, on one line or under >-", "restore the braces"),
			Snippet: "if: " + oneLine(strings.NewReplacer("${{", "", "}}", "").Replace(condition.Text))})
		return
	}
	if !strings.Contains(condition.Text, "${{") {
		c.ternary(condition.Node, condition.Text, e)
	}
	c.actor(j, s, condition, e)
	c.partial(condition, e)
}

// actorPaths are who acted last, which on a pull request need not be who wrote it.
var actorPaths = set("github.actor github.triggering_actor github.actor_id github.event.sender.login github.event.sender.id github.event.pull_request.sender.login")

// actor reports a condition that lets a bot through by github.actor.
func (c *pipeline) actor(j *workflows.Job, s *workflows.Step, condition workflows.Scalar, e workflows.Expr) {
	exposure, event := c.reach.Exposed(j, s)
	if exposure != workflows.Limited && exposure != workflows.Open || strings.Contains(strings.ToLower(condition.Text), "user.login") {
		return
	}
	spoofable := ""
	workflows.Walk(e, func(x workflows.Expr) bool {
		switch x := x.(type) {
		case *workflows.Not:
			return false
		case *workflows.Binary:
			if x.Op == "==" && (isBot(x.X) && isActor(x.Y) || isBot(x.Y) && isActor(x.X)) {
				spoofable = "github.actor == a bot"
			}
		case *workflows.Call:
			if (x.Name == "contains" || x.Name == "startswith" || x.Name == "endswith") && len(x.Args) == 2 && (isActor(x.Args[1]) && hasBot(x.Args[0]) || isActor(x.Args[0]) && hasBot(x.Args[1])) {
				spoofable = x.Name + "() of github.actor and a bot"
			}
		}
		return true
	})
	if spoofable == "" {
		return
	}
	severity := checks.Medium
	if exposure == workflows.Open {
		severity = checks.High
	}
	c.fail(condition.Node, checks.Finding{Rule: "spoofable-actor", Attribute: "job " + j.ID, Severity: severity, Expected: "the author of the pull request", Actual: spoofable,
		Message: "On " + event + " github.actor is whoever set the run off last: a stranger who gets a bot to touch his pull request passes as the bot",
		Fix:     repair("Ask who wrote the pull request", "restore github.actor"),
		Snippet: "if: github.event.pull_request.user.login == 'dependabot[bot]' && github.event.pull_request.head.repo.full_name == github.repository"})
}

func isActor(e workflows.Expr) bool {
	a, ok := e.(*workflows.Access)
	return ok && actorPaths[a.Path()]
}

// botIDs are the account numbers of dependabot[bot], renovate[bot] and github-actions[bot].
var botIDs = set("49699333 29139614 41898282 27856297")

func isBot(e workflows.Expr) bool {
	l, ok := e.(*workflows.Literal)
	return ok && (strings.HasSuffix(l.Value.Text(), "[bot]") || botIDs[l.Value.Text()])
}

// hasBot reports a literal, perhaps inside fromJSON, that names a bot.
func hasBot(e workflows.Expr) bool {
	found := false
	workflows.Walk(e, func(x workflows.Expr) bool {
		l, ok := x.(*workflows.Literal)
		found = found || ok && strings.Contains(l.Value.Text(), "bot]") || ok && l.Value.Text() == "[bot]"
		return true
	})
	return found
}

// partial reports contains('a b c', name): a stranger's branch may be called "b".
func (c *pipeline) partial(condition workflows.Scalar, e workflows.Expr) {
	workflows.Walk(e, func(x workflows.Expr) bool {
		call, ok := x.(*workflows.Call)
		if !ok || call.Name != "contains" || len(call.Args) != 2 {
			return true
		}
		list, literal := call.Args[0].(*workflows.Literal)
		a, access := call.Args[1].(*workflows.Access)
		if !literal || !access || isActor(a) && hasBot(list) {
			return true
		}
		name := a.Path()
		severity := checks.Info
		if strings.HasPrefix(name, "github.") || strings.HasPrefix(name, "inputs.") {
			severity = checks.Medium
		}
		words := strings.FieldsFunc(list.Value.Text(), func(r rune) bool { return r == ' ' || r == ',' || r == ';' })
		c.fail(condition.Node, checks.Finding{Rule: "unsound-contains", Attribute: name, Severity: severity, Expected: "a list", Actual: "contains('" + list.Value.Text() + "', " + name + ")",
			Message: "contains() of a text finds parts too: a " + name + " that is a piece of one of the names passes",
			Fix:     repair("Compare with the items of a list", "restore the text"),
			Snippet: `contains(fromJSON('["` + oneLine(strings.Join(words, `", "`)) + `"]'), ` + name + ")"})
		return true
	})
}

// ternary reports a && falsy || b, which is always b.
func (c *pipeline) ternary(n *yaml.Node, raw string, e workflows.Expr) {
	workflows.Walk(e, func(x workflows.Expr) bool {
		or, ok := x.(*workflows.Binary)
		if !ok || or.Op != "||" {
			return true
		}
		and, ok := or.X.(*workflows.Binary)
		if !ok || and.Op != "&&" {
			return true
		}
		middle, ok := and.Y.(*workflows.Literal)
		if !ok {
			return true
		}
		if truth, known := middle.Value.Truth(); truth || !known {
			return true
		}
		c.fail(n, checks.Finding{Rule: "unsound-ternary", Attribute: raw, Place: c.within(n, raw), Expected: "a first value that is true", Actual: raw,
			Message: "The first value is false to an expression, so the choice gives the second one whatever the condition says",
			Fix:     repair("Turn the condition round, so that the empty value comes last", "restore the expression"), Snippet: "${{ !condition && 'other' || '' }}"})
		return true
	})
}
