package policy

import (
	"testing"

	"hardcheck/checks"
)

// TestJointVerdicts: of a tree joined with a site only the items that compare the two are judged, and a finding's lines
// to paste stand below its fix.
func TestJointVerdicts(t *testing.T) {
	p := load(t, three)
	for _, item := range p.items {
		if item.ID == "hsts" {
			joint := *item.Check
			joint.Tree, joint.Site, joint.File, joint.Entry = nil, nil, nil, nil
			joint.Joint = func(*checks.Pass) error { return nil }
			item.Check = &joint
		}
	}
	pair := TargetResult{Kind: checks.TargetJoint, Locator: ". + https://shop.example"}
	seen := saw("hsts", pair, 1, checks.Finding{Rule: "missing", Place: checks.Place{Path: "nginx.conf", Line: 3, URL: "https://shop.example/"},
		Attribute: "X", Message: "gone", Fix: "Deploy\nit.", Snippet: "nginx -t\nnginx -s reload"})
	seen.Target.Tree = "."
	r := p.Judge(Input{Now: today, Targets: []TargetResult{dir, site, pair}, Seen: append(clean(), seen)})
	judged := map[string]map[checks.TargetKind]Verdict{}
	kinds := map[string]checks.TargetKind{".": checks.TargetDir, "https://shop.example": checks.TargetURL, pair.Locator: checks.TargetJoint}
	for _, v := range r.Verdicts {
		if judged[v.Item] == nil {
			judged[v.Item] = map[checks.TargetKind]Verdict{}
		}
		judged[v.Item][kinds[v.Target]] = v
	}
	for item, on := range judged {
		if _, ok := on[checks.TargetJoint]; ok != (item == "hsts") {
			t.Errorf("%s: a verdict on the pair: %v", item, ok)
		}
	}
	if v := judged["hsts"][checks.TargetDir]; v.Status != checks.StatusSkipped || v.Reason != "needs a directory and a URL in one run" {
		t.Errorf("on the directory: %s, %s", v.Status, v.Reason)
	}
	v := judged["hsts"][checks.TargetJoint]
	if v.Status != checks.StatusFail || len(v.Findings) != 1 {
		t.Fatalf("on the pair: %+v", v)
	}
	if f := v.Findings[0]; f.Fix != "Deploy it.\nnginx -t\nnginx -s reload" || f.Path != "nginx.conf" || f.URL == "" {
		t.Errorf("the finding: %+v", f)
	}
}
