// Package human writes numbers, bytes and times as a person reads them. Every
// table, page, message and line of progress takes them from here, so that one
// quantity looks the same wherever it is met:
//
//	human.Count(100000, "loop") // 100,000 loops
//	human.Bytes(2.5e6)          // 2.5 MB
//	human.Seconds(0.00123)      // 1.23 ms
//	human.Span(12000)           // 3 h 20 min
//
// Bytes of files and of what a computation needs are in powers of 1000, as
// disks and file managers count. A limit of memory and what is compared with it
// are in powers of 1024 (Memory), as the person, ulimit and containers state
// it. A time that was measured has three digits (Seconds); one that is waited
// for has whole units (Span).
package human
