package match

// Version is the number of the engine that compares: it moves whenever the same query and archive may be answered otherwise, and goes into the
// records of what was found. 2: an item's own cuts end what it shows, and what is believable by itself is not explained away.
const Version = 2
