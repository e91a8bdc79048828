package settings

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// edgeReader tells the cloud's own limits on bodies, which nothing in a tree can raise, from the configuration that puts an
// application behind them: one scope per file and edge.
func edgeReader() reader {
	return reader{layer: "edge", read: readEdge, resolve: standalone, wants: func(e *checks.Entry) bool {
		return wantsKube(e) || e.Mode.IsRegular() && e.Ext() == ".tf" && e.Size <= maxConfigSize
	}}
}

// Edges by name, with the largest body in bytes.
const (
	edgeLambda   = "AWS Lambda's request payload"       // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	edgeALB      = "ALB's request to a Lambda function" // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
	edgeAPI      = "Amazon API Gateway's payload"       // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
	edgeCloudRun = "Cloud Run's request over HTTP/1"    // https://cloud.google.com/run/quotas
	edgeGAE      = "App Engine's request (standard)"    // https://cloud.google.com/appengine/quotas
)

var edgeSizes = map[string]int64{edgeLambda: 6 << 20, edgeALB: 1 << 20, edgeAPI: 10 << 20, edgeCloudRun: 32 << 20, edgeGAE: 32 << 20}

// edgeResource begins a resource of Terraform that is an edge, or a target group, whose type decides.
var edgeResource = regexp.MustCompile(`(?m)^resource\s+"(aws_api_gateway_rest_api|aws_apigatewayv2_api|aws_lb_target_group|aws_alb_target_group|google_cloud_run_service|google_cloud_run_v2_service)"\s+"[^"\n]*"\s*\{`)

var edgeResources = map[string]string{"aws_api_gateway_rest_api": edgeAPI, "aws_apigatewayv2_api": edgeAPI, "google_cloud_run_service": edgeCloudRun, "google_cloud_run_v2_service": edgeCloudRun}

var lambdaTarget = regexp.MustCompile(`(?m)^\s*target_type\s*=\s*"lambda"`)

func readEdge(f *checks.File) (any, []checks.Problem) {
	r := edgeFile{file: f}
	switch text := f.Text(); {
	case f.Binary():
	case f.Ext() == ".tf":
		r.terraform(text)
	case strings.Contains(text, "AWS::") || strings.Contains(text, "serving.knative.dev/") || strings.HasPrefix(f.Name(), "serverless.") || f.Name() == "app.yaml":
		for _, doc := range yamldoc.Of(f).Docs {
			r.document(doc)
		}
	}
	if r.scopes == nil {
		return nil, nil
	}
	return r.scopes, nil
}

type edgeFile struct {
	file   *checks.File
	scopes []*checks.Scope
}

func (r *edgeFile) add(edge string, place checks.Place) {
	if slices.ContainsFunc(r.scopes, func(s *checks.Scope) bool { return s.Name == edge }) {
		return
	}
	r.scopes = append(r.scopes, &checks.Scope{Layer: "edge", Kind: "edge", Name: edge, Place: place, Settings: []checks.Setting{
		{Layer: "edge", Name: "largest body", Value: edgeSizes[edge], Raw: edge, Origin: checks.OriginDefault, Scope: edge, Place: place}}})
}

func (r *edgeFile) terraform(text string) {
	for _, m := range edgeResource.FindAllStringSubmatchIndex(text, 100) {
		kind, place := text[m[2]:m[3]], r.file.Place(m[0], m[1])
		if edge := edgeResources[kind]; edge != "" {
			r.add(edge, place)
			continue
		}
		body, _, _ := strings.Cut(text[m[1]:], "\n}")
		if lambdaTarget.MatchString(body) {
			r.add(edgeALB, place)
		}
	}
}

func (r *edgeFile) document(doc *yaml.Node) {
	text := func(n *yaml.Node, path ...string) string {
		s, _ := yamldoc.Text(yamldoc.Get(n, path...))
		return s
	}
	name := path.Base(r.file.Path)
	switch {
	case strings.HasPrefix(text(doc, "apiVersion"), "serving.knative.dev/") && strings.Contains(r.file.Text(), "run.googleapis.com"):
		r.add(edgeCloudRun, yamldoc.Place(r.file, doc))
	case name == "app.yaml" && text(doc, "runtime") != "" && text(doc, "env") != "flex" && text(doc, "apiVersion") == "":
		r.add(edgeGAE, yamldoc.Place(r.file, yamldoc.Get(doc, "runtime")))
	case strings.HasPrefix(name, "serverless.") && (text(doc, "provider") == "aws" || text(doc, "provider", "name") == "aws"):
		yamldoc.Each(yamldoc.Get(doc, "functions"), func(_, function *yaml.Node) {
			for _, event := range yamldoc.Items(yamldoc.Get(function, "events")) {
				yamldoc.Each(event, func(key, _ *yaml.Node) { r.event(key) })
			}
		})
	}
	yamldoc.Each(yamldoc.Get(doc, "Resources"), func(_, resource *yaml.Node) {
		switch kind := yamldoc.Get(resource, "Type"); text(resource, "Type") {
		case "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api":
			r.add(edgeAPI, yamldoc.Place(r.file, kind))
		case "AWS::Serverless::Function":
			yamldoc.Each(yamldoc.Get(resource, "Properties", "Events"), func(_, event *yaml.Node) {
				if t := text(event, "Type"); t == "Api" || t == "HttpApi" {
					r.add(edgeLambda, yamldoc.Place(r.file, kind))
				}
			})
		case "AWS::ElasticLoadBalancingV2::TargetGroup":
			if text(resource, "Properties", "TargetType") == "lambda" {
				r.add(edgeALB, yamldoc.Place(r.file, kind))
			}
		}
	})
}

// event is what calls a function of the Serverless Framework.
func (r *edgeFile) event(key *yaml.Node) {
	switch key.Value {
	case "http", "httpApi":
		r.add(edgeLambda, yamldoc.Place(r.file, key))
	case "alb":
		r.add(edgeALB, yamldoc.Place(r.file, key))
	}
}
