// Package terraform reads Terraform and OpenTofu configuration into resources whose values are worked out as far as the
// source alone tells. It plans, downloads and runs nothing: what a provider, a caller or a run decides stays dynamic.
package terraform

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Bounds of one file. HashiCorp's parser calls itself for what is nested, so depth is bounded before it runs.
const (
	MaxSize      = 4 << 20
	maxNesting   = 200
	maxPrefixes  = 200  // operators in a row: !!!x
	maxTernaries = 2000 // a ? b : c ? d : e
)

// File is one parsed file. It keeps nothing of the bytes that it was read from but its own copy.
type File struct {
	Path string
	src  []byte
	body *hclsyntax.Body
}

// Parse reads a file in HCL. The file it returns beside an error holds what could be read.
func Parse(path, text string) (*File, error) {
	f := &File{Path: path, src: []byte(text), body: &hclsyntax.Body{}}
	if len(text) > MaxSize {
		return f, fmt.Errorf("a file of %d bytes, where %d are read", len(text), MaxSize)
	}
	if err := shallow(f.src); err != nil {
		return f, err
	}
	parsed, diagnostics := hclsyntax.ParseConfig(f.src, path, hcl.InitialPos)
	if parsed != nil {
		if body, ok := parsed.Body.(*hclsyntax.Body); ok {
			f.body = body
		}
	}
	for _, d := range diagnostics {
		if d.Severity == hcl.DiagError {
			line := 0
			if d.Subject != nil {
				line = d.Subject.Start.Line
			}
			return f, fmt.Errorf("line %d: %s", line, d.Summary)
		}
	}
	return f, nil
}

var errDeep = errors.New("nested too deeply to be read")

// shallow refuses text whose nesting would exhaust the parser's stack. The lexer itself does not recurse.
func shallow(src []byte) error {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	depth, prefixes, ternaries := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
			depth++
		case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd, hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc:
			depth = max(0, depth-1)
		case hclsyntax.TokenQuestion, hclsyntax.TokenTemplateControl:
			ternaries++
		}
		if t.Type == hclsyntax.TokenBang || t.Type == hclsyntax.TokenMinus {
			prefixes++
		} else {
			prefixes = 0
		}
		if depth > maxNesting || prefixes > maxPrefixes || ternaries > maxTernaries {
			return errDeep
		}
	}
	return nil
}
