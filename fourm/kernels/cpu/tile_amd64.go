package cpu

// Tilings in assembly, which cpu/gen prints.

var avx2Tiling = tiling{
	name: "avx2", rows: 6, cols: 16, fetches: 8,
	tiles:     [maxRows + 1]func(*tiles){nil, tiles256_1, tiles256_2, tiles256_3, tiles256_4, tiles256_5, tiles256_6},
	copy:      copies,
	transpose: transposes,
	strip:     strip_6,
	spread:    spread_6,
	peak:      peak256,
}

// avx512Tiling needs AVX-512's foundation for the tiles and AVX2 for the rest.
var avx512Tiling = tiling{
	name: "avx512", rows: 12, cols: 32, fetches: 16,
	tiles: [maxRows + 1]func(*tiles){nil, tiles512_1, tiles512_2, tiles512_3, tiles512_4, tiles512_5, tiles512_6,
		tiles512_7, tiles512_8, tiles512_9, tiles512_10, tiles512_11, tiles512_12},
	copy:      copies,
	transpose: transposes,
	strip:     strip_12,
	spread:    spread_12,
	peak:      peak512,
}

var (
	copies     = [maxCols/8 + 1]mover{1: copy_1, 2: copy_2, 4: copy_4}
	transposes = [9]mover{transpose_0, transpose_1, transpose_2, transpose_3, transpose_4, transpose_5, transpose_6, transpose_7, transpose_8}
)
