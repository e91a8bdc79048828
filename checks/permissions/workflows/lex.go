// Package workflows is a line-aware model of GitHub Actions: workflows, jobs, steps and composite actions as they are
// written, and the expressions ${{ }} in them, parsed and evaluated as far as the text alone decides. It runs nothing.
package workflows

import (
	"errors"
	"strconv"
	"strings"
)

// kind is a token's class.
type kind int

const (
	end kind = iota
	name
	text
	number
	symbol // ( ) [ ] . , ! * and the comparisons
)

// token is one lexical element of an expression.
type token struct {
	kind   kind
	text   string // of a string literal what it stands for
	number float64
}

var errSyntax = errors.New("not an expression")

// symbols are the longest first.
var symbols = []string{"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ".", ",", "*"}

// lex splits an expression into tokens (https://docs.github.com/actions/reference/workflows-and-actions/expressions).
func lex(source string) ([]token, error) {
	var out []token
	for at := 0; at < len(source); {
		c := source[at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			at++
		case c == '\'':
			value, size, err := quoted(source[at:])
			if err != nil {
				return nil, err
			}
			out = append(out, token{kind: text, text: value})
			at += size
		case isLetter(c):
			size := 1
			for at+size < len(source) && (isLetter(source[at+size]) || isDigit(source[at+size]) || source[at+size] == '-') {
				size++
			}
			out = append(out, token{kind: name, text: source[at : at+size]})
			at += size
		case isDigit(c) || (c == '-' || c == '+' || c == '.') && at+1 < len(source) && (isDigit(source[at+1]) || source[at+1] == '.') && !follows(out):
			size := numberSize(source[at:])
			value, err := strconv.ParseFloat(source[at:at+size], 64)
			if whole, wrong := strconv.ParseInt(source[at:at+size], 0, 64); wrong == nil {
				value, err = float64(whole), nil
			}
			if err != nil {
				return nil, errSyntax
			}
			out = append(out, token{kind: number, number: value, text: source[at : at+size]})
			at += size
		default:
			found := ""
			for _, s := range symbols {
				if strings.HasPrefix(source[at:], s) {
					found = s
					break
				}
			}
			if found == "" {
				return nil, errSyntax
			}
			out = append(out, token{kind: symbol, text: found})
			at += len(found)
		}
	}
	return append(out, token{}), nil
}

// follows reports whether the last token is a value, so that a dot after it is an access and not a number.
func follows(out []token) bool {
	if len(out) == 0 {
		return false
	}
	last := out[len(out)-1]
	return last.kind == name || last.text == ")" || last.text == "]" || last.text == "*"
}

// quoted reads a string literal, in which two quotes are one.
func quoted(source string) (value string, size int, err error) {
	var b strings.Builder
	for i := 1; i < len(source); i++ {
		if source[i] != '\'' {
			b.WriteByte(source[i])
			continue
		}
		if i+1 < len(source) && source[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, nil
	}
	return "", 0, errSyntax
}

func numberSize(source string) int {
	size := 1
	for size < len(source) {
		c := source[size]
		exponent := (c == '-' || c == '+') && (source[size-1] == 'e' || source[size-1] == 'E')
		if !isDigit(c) && !isLetter(c) && c != '.' && !exponent {
			break
		}
		size++
	}
	return size
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
