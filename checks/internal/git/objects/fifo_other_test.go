//go:build !unix

package objects

func makeFIFO(string) bool { return false }
