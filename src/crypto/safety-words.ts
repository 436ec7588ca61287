// 256 English words, one per byte: a safety number that can be read aloud. Nouns of two syllables
// where there were enough, all different in their first three letters, in alphabetical order. The
// order is part of the protocol: docs/protocol/identity.md, "Safety number".

const TEXT = `
acorn actor adult agent album alley amber angle ankle apple apron arrow atlas attic award axis
bacon badge bagel baker banjo barn basil beach berry bison blade bloom board bonus boot bridge
cabin cactus camel candle carpet castle cedar cello chalk cherry circle clay cloud cobra coral
cotton dagger daisy dancer dawn deer desert diary dinner doctor dolphin donkey door dragon drum
duck dune eagle earth echo editor eight elbow elder ember engine envoy epic essay evening exit
expert eyelid fabric falcon farmer feather fence ferry fiddle field finger fire flag flute forest
fossil fox frog gadget galaxy garden gate gecko ghost giant ginger glass globe goat gold gravel
grocer guitar gym habit hammer harbor hazel heart hedge helmet herb hiker hockey honey hood horse
hotel hunter husky ice idea igloo image inch index ink insect iris iron island ivory jacket
jaguar jelly jewel jigsaw jockey journey judge juice jungle kayak kernel kettle key kidney king
kitchen knee knife koala ladder lagoon lamp lantern laser laundry lemon letter library lily lion
lizard lobster lotus lunch lyric magnet mango maple marble meadow medal melon mirror monkey moon
morning motor mouse muffin mural museum napkin nature needle nephew nest nickel night noodle
north nurse oasis ocean olive onion opera orbit paddle palace panda paper parrot peach pepper
piano pillow pine planet pocket poem pony prism puzzle quartz queen quilt rabbit radar raven
ribbon river robin rocket rope ruby saddle salmon scarf school shadow silver sketch spider square
summer tablet teapot tiger timber tomato tunnel turtle umbrella valley violin
`

export const SAFETY_WORD_LIST: readonly string[] = TEXT.trim().split(/\s/)
