package uploads

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"hardcheck/checks"
)

func partsLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/parts-limit",
		Title: "The number of form fields and files is limited",
		Why: "A body within the size limit can hold a hundred thousand tiny fields or files. Parsing each costs far more than its " +
			"bytes: a few requests keep every worker busy (CVE-2023-24580, CVE-2023-25577).",
		Fix: "Leave the framework's default (Django: 1000 fields, 100 files; Flask: 1000 parts), or raise it for the one view that needs more. " +
			"Never set it to None.",
		Expected:   "At most {max} fields or files in one form.",
		Rollback:   "Put the old number back, on the one form that needs it.",
		Absent:     "No Django settings, no Flask application, no parser of forms in Python or Node, and no configuration of PHP, Tomcat or Jetty was found",
		References: []string{"CWE-770", "CWE-400", "https://docs.djangoproject.com/en/stable/ref/settings/#data-upload-max-number-fields", "https://flask.palletsprojects.com/en/stable/config/#MAX_FORM_PARTS"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "unlimited", Title: "A setting turns the limit on the number of parts off", Precision: checks.PrecisionVeryHigh},
			{ID: "unlimited-in-version", Title: "The version that is pinned does not bound the number of parts",
				Fix: "Pin Werkzeug 2.2.3 or later; 3.0.6 is the oldest without known faults in its form parser."},
			{ID: "too-many", Severity: checks.Low, Title: "The number of parts allowed is higher than the policy allows"},
		},
		Params: []checks.Param{{Name: "max", Kind: checks.ParamInt, Default: int64(10000), Doc: "the most fields or files that one form may have"}},
		Tree:   partsLimitOnTree,
	}
}

// partsSettings are the names by layer.
var partsSettings = map[string][]string{
	"django": {"DATA_UPLOAD_MAX_NUMBER_FIELDS", "DATA_UPLOAD_MAX_NUMBER_FILES"},
	"flask":  {"MAX_FORM_PARTS"},

	"starlette-form":    {"max_files", "max_fields"},
	"litestar":          {"multipart_form_part_limit"},
	"body-parser":       {"parameterLimit"},
	"multer":            {"limits.files", "limits.fields", "limits.parts"},
	"busboy":            {"limits.files", "limits.fields", "limits.parts"},
	"fastify-multipart": {"limits.parts"},
	"formidable":        {"maxFields"},
	"graphql-upload":    {"maxFiles"},
	"tomcat":            {"maxParameterCount", "maxPartCount"},
	"jetty":             {"maxFormKeys"},
	"php":               {"max_input_vars", "max_file_uploads"},
}

func partsLimitOnTree(p *checks.Pass) error {
	most := p.Int("max")
	for _, s := range p.Scopes(slices.Sorted(maps.Keys(partsSettings))...) {
		if notDeployed(s.Place.Path) {
			continue
		}
		examined, failed := false, false
		for _, name := range partsSettings[s.Layer] {
			set, ok := s.Get(name)
			if !ok || set.Inherited && set.Place.Path != s.Place.Path {
				continue
			}
			n := sizeOf(set, false)
			if !n.known {
				p.NotApplicable("The limit is not known until run time: " + set.Place.String())
				continue
			}
			examined = true
			f := checks.Finding{Subject: s.Subject(), Place: set.Place, Attribute: name, Expected: fmt.Sprintf("at most %d", most)}
			old, _ := s.Get("werkzeug version")
			switch {
			case n.unlimited && set.Origin == checks.OriginDefault && old.Text() != "":
				f.Rule, f.Actual = "unlimited-in-version", "Werkzeug "+old.Text()
				f.Message = "Werkzeug " + old.Text() + " does not bound the number of parts (CVE-2023-25577); 2.2.3 and later do"
			case n.unlimited && set.Origin == checks.OriginDefault:
				continue // the form's own bounds, such as multer's single(), are not read
			case n.unlimited && set.Origin != checks.OriginDefault:
				f.Rule, f.Actual, f.Message = "unlimited", cmp.Or(set.Raw, "None"), name+" = "+cmp.Or(set.Raw, "None")+" lets a form have any number of parts"
			case n.bytes > most:
				f.Rule, f.Actual, f.Message = "too-many", fmt.Sprint(n.bytes), fmt.Sprintf("%s lets a form have %d parts", name, n.bytes)
			default:
				continue
			}
			failed = true
			p.Fail(f)
		}
		if examined && !failed {
			p.OK(s.Subject())
		}
	}
	return nil
}
