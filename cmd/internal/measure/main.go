// Command measure prints what the secrets chapter finds in labelled cases, what it costs beside other scanners, how fast
// every entry of a tree is looked at beside find(1), how the Pod Security Standards are judged, what it costs to find a site's
// upload limit, what the logging chapter finds in labelled lines of source code, and how the headers chapter judges labelled
// answers.
//
//	go run ./cmd/internal/measure recall CASES.jsonl...
//	go run ./cmd/internal/measure cost [-repository DIR] TREE
//	go run ./cmd/internal/measure limits [-active LEVELS] [-upload-path PATH] [-max-bytes N] URL...
//	go run ./cmd/internal/measure walk [-rounds N] TREE
//	go run ./cmd/internal/measure pods DIR
//	go run ./cmd/internal/measure logging [-misses] DIR|CASES.jsonl
//	go run ./cmd/internal/measure headers [-all] CASES.jsonl...
//
// A case is one JSON object a line: {"rule": "...", "text": "...", "label": "pos" or "neg", "path": "..."}.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) > 1 {
		switch args[0] {
		case "recall":
			return recall(os.Stdout, args[1:])
		case "cost":
			return cost(os.Stdout, args[1:])
		case "limits":
			return limits(os.Stdout, args[1:])
		case "walk":
			return walk(os.Stdout, args[1:])
		case "pods":
			return pods(os.Stdout, args[1])
		case "logging":
			return loggingMeasure(args[1:])
		case "headers":
			return headersMeasure(os.Stdout, args[1:])
		}
	}
	return fmt.Errorf("expected: recall CASES.jsonl..., headers [-all] CASES.jsonl..., cost [-repository DIR] TREE, limits URL..., walk TREE, pods DIR, or logging [-misses] DIR|CASES.jsonl")
}
