package assist

// WordStart is where the word around a place begins.
var WordStart = wordStart
