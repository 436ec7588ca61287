// Emoji by name, as people type them between colons. Not all there are: those that are used. Names
// are the common ones of chat programs.

interface Emoji {
  readonly glyph: string
  readonly name: string
}

const LIST = `
thumbsup 👍|thumbsdown 👎|heart ❤️|joy 😂|smile 😄|grin 😁|laughing 😆|sweat_smile 😅|rofl 🤣|wink 😉
blush 😊|slight_smile 🙂|upside_down 🙃|heart_eyes 😍|kissing_heart 😘|yum 😋|stuck_out_tongue 😛
thinking 🤔|neutral 😐|expressionless 😑|smirk 😏|unamused 😒|roll_eyes 🙄|grimacing 😬|relieved 😌
pensive 😔|sleepy 😪|sleeping 😴|mask 😷|sunglasses 😎|nerd 🤓|confused 😕|worried 😟|open_mouth 😮
astonished 😲|flushed 😳|pleading 🥺|cry 😢|sob 😭|scream 😱|sweat 😓|weary 😩|triumph 😤|rage 😡
angry 😠|skull 💀|poop 💩|clown 🤡|ghost 👻|alien 👽|robot 🤖|hug 🤗|shush 🤫|zipper 🤐|salute 🫡
party 🥳|exploding_head 🤯|cowboy 🤠|melting 🫠|wave 👋|raised_hand ✋|ok_hand 👌|pinched 🤌
v ✌️|crossed_fingers 🤞|metal 🤘|call_me 🤙|point_left 👈|point_right 👉|point_up 👆|point_down 👇
fist ✊|punch 👊|clap 👏|raised_hands 🙌|open_hands 👐|pray 🙏|handshake 🤝|muscle 💪|eyes 👀|eye 👁️
brain 🧠|shrug 🤷|facepalm 🤦|bow 🙇|runner 🏃|dancer 💃|baby 👶|cat 🐱|dog 🐶|mouse 🐭|fox 🦊|bear 🐻
panda 🐼|tiger 🐯|lion 🦁|cow 🐮|pig 🐷|frog 🐸|monkey 🐵|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊
chicken 🐔|penguin 🐧|bird 🐦|owl 🦉|bee 🐝|bug 🐛|butterfly 🦋|snail 🐌|turtle 🐢|snake 🐍|octopus 🐙
crab 🦀|fish 🐟|whale 🐳|dolphin 🐬|unicorn 🦄|sheep 🐑|elephant 🐘|tree 🌳|cactus 🌵|seedling 🌱
clover 🍀|rose 🌹|sunflower 🌻|tulip 🌷|fire 🔥|sparkles ✨|star ⭐|stars 🌟|zap ⚡|boom 💥|snowflake ❄️
sun ☀️|cloud ☁️|rain 🌧️|rainbow 🌈|umbrella ☔|ocean 🌊|moon 🌙|earth 🌍|apple 🍎|banana 🍌|grapes 🍇
strawberry 🍓|lemon 🍋|avocado 🥑|bread 🍞|cheese 🧀|egg 🥚|pizza 🍕|burger 🍔|fries 🍟|taco 🌮|ramen 🍜
sushi 🍣|cookie 🍪|cake 🍰|birthday 🎂|chocolate 🍫|coffee ☕|tea 🍵|beer 🍺|beers 🍻|wine 🍷|champagne 🍾
tada 🎉|confetti 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|soccer ⚽|basketball 🏀|dart 🎯|game 🎮|dice 🎲
guitar 🎸|music 🎵|notes 🎶|headphones 🎧|art 🎨|movie 🎬|camera 📷|video 🎥|phone 📱|computer 💻
keyboard ⌨️|desktop 🖥️|floppy 💾|cd 💿|battery 🔋|plug 🔌|bulb 💡|flashlight 🔦|candle 🕯️|book 📖
books 📚|memo 📝|pencil ✏️|pen 🖊️|clipboard 📋|calendar 📅|chart 📈|chart_down 📉|pushpin 📌|paperclip 📎
scissors ✂️|lock 🔒|unlock 🔓|key 🔑|hammer 🔨|wrench 🔧|gear ⚙️|link 🔗|magnet 🧲|test_tube 🧪|microscope 🔬
telescope 🔭|satellite 📡|pill 💊|door 🚪|bed 🛏️|house 🏠|office 🏢|hospital 🏥|car 🚗|taxi 🚕|bus 🚌|train 🚆
bike 🚲|plane ✈️|rocket 🚀|ufo 🛸|ship 🚢|anchor ⚓|construction 🚧|warning ⚠️|no_entry ⛔|stop 🛑|check ✅
x ❌|question ❓|exclamation ❗|100 💯|plus ➕|minus ➖|repeat 🔁|arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️
arrow_right ➡️|new 🆕|cool 🆒|ok 🆗|sos 🆘|red_circle 🔴|green_circle 🟢|yellow_circle 🟡|blue_circle 🔵
broken_heart 💔|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|black_heart 🖤
two_hearts 💕|sparkling_heart 💖|kiss 💋|money 💰|dollar 💵|credit_card 💳|envelope ✉️|mailbox 📫|package 📦
loudspeaker 📢|bell 🔔|no_bell 🔕|hourglass ⏳|watch ⌚|alarm ⏰|stopwatch ⏱️|zzz 💤|dash 💨|droplet 💧
speech 💬|thought 💭|flag_white 🏳️|flag_checkered 🏁|crown 👑|gem 💎|ring 💍|hat 🎩|glasses 👓|shoe 👟`

export const EMOJI: readonly Emoji[] = LIST.split(/[\n|]/)
  .filter((entry) => entry !== '')
  .map((entry) => {
    const [name = '', glyph = ''] = entry.split(' ')
    return { glyph, name }
  })

/** Those whose name begins so, then those that have it somewhere. */
export function emojiLike(part: string): readonly Emoji[] {
  const begin = EMOJI.filter(({ name }) => name.startsWith(part))
  return [...begin, ...EMOJI.filter((one) => !begin.includes(one) && one.name.includes(part))]
}

const NAMES = new Map(EMOJI.map(({ glyph, name }) => [glyph, name]))

/** For a screen that reads aloud, or has no such glyphs. */
export function asShortcodes(text: string): string {
  return text.replace(/\p{Extended_Pictographic}\u{fe0f}?/gu, (glyph) => {
    const name = NAMES.get(glyph) ?? NAMES.get(`${glyph}\u{fe0f}`)
    return name === undefined ? glyph : `:${name}:`
  })
}
