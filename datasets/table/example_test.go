package table_test

import (
	"fmt"

	"fourmlab/datasets/table"
)

func Example() {
	t, err := table.Parse("captions.csv", []byte("file;caption\na.png;a red ball\nb.png\n"))
	if err != nil {
		panic(err)
	}
	for _, r := range t.Rows {
		if r.Err != nil {
			fmt.Println(r.Line, r.Err)
			continue
		}
		fmt.Println(r.Line, r.Cell(1).Words)
	}
	// Output:
	// 2 [a red ball]
	// 3 has 1 values, the header has 2
}
