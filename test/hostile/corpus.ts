// Texts that somebody hostile would send. Whoever shows text from outside shows all of these and
// asks terminal.ts what became of it: plain output, prompts, the screen, logs, exports.
//
// Everything is written with escapes, so that this file can be read and printed.

export interface HostileText {
  readonly name: string
  readonly text: string
}

const ESC = '\x1b'
const BEL = '\x07'
const ST = `${ESC}\\`

/** What a terminal obeys, by what it does. Those of one terminal only are here as well. */
export const SEQUENCES: Readonly<Record<string, string>> = {
  'a title': `${ESC}]0;owned${BEL}`,
  'a title ended by ST': `${ESC}]2;owned${ST}`,
  'a title by C1': '\x9d0;owned\x9c',
  'a title of screen': `${ESC}kowned${ST}`,
  'the title asked for': `${ESC}[21t${ESC}[20t`,
  'the title pushed and popped': `${ESC}[22;0t${ESC}[23;0t`,
  'the clipboard': `${ESC}]52;c;cm0gLXJm${BEL}`,
  'a clipboard query': `${ESC}]52;c;?${BEL}`,
  'the clipboard of kitty': `${ESC}]5522;type=write${ST}`,
  'the clipboard of iTerm2': `${ESC}]1337;Copy=:cm0gLXJm${BEL}`,
  'device queries': `${ESC}[c${ESC}[>c${ESC}[=c${ESC}[5n${ESC}[6n${ESC}[?6n${ESC}Z`,
  'queries by C1': '\x9bc\x9b6n\x9a',
  'a version query': `${ESC}[>q${ESC}[x`,
  'a checksum of the screen': `${ESC}[1;1;1;1;1;1*y`,
  DECRQSS: `${ESC}P$qm${ST}`,
  XTGETTCAP: `${ESC}P+q544e${ST}`,
  'a colour query': `${ESC}]4;0;?${BEL}${ESC}]10;?${BEL}${ESC}]11;?${ST}`,
  'a font query': `${ESC}]50;?${BEL}`,
  ENQ: '\x05',
  bell: BEL,
  'cursor home and clear': `${ESC}[H${ESC}[2J${ESC}[3J`,
  'cursor up and overwrite': `${ESC}[1A${ESC}[2KFAKE`,
  'cursor far away': `${ESC}[999999999;999999999H${ESC}[2147483648A`,
  'cursor saved and restored': `${ESC}7${ESC}[s${ESC}8${ESC}[u`,
  'a character a million times': `x${ESC}[1000000b`,
  'lines inserted and deleted': `${ESC}[9L${ESC}[9M${ESC}[9P${ESC}[9@${ESC}[9X`,
  'carriage return': 'real\rFAKE',
  backspace: 'real\b\b\b\bFAKE',
  'vertical tab and form feed': 'a\vb\fc',
  'tab stops': `${ESC}H${ESC}[3g\x88`,
  'reverse index': `${ESC}M${ESC}D${ESC}E\x8d\x84\x85`,
  'a scroll region': `${ESC}[2;3r${ESC}[?69h${ESC}[2;3s`,
  scrolling: `${ESC}[99S${ESC}[99T`,
  'alternate screen': `${ESC}[?1049h${ESC}[?47h${ESC}[?1047h`,
  'bracketed paste off': `${ESC}[?2004l`,
  'the end of a paste': `${ESC}[201~/chat delete bob --yes\n`,
  'mouse on': `${ESC}[?1000h${ESC}[?1003h${ESC}[?1006h`,
  'focus reports': `${ESC}[?1004h`,
  'keys reported otherwise': `${ESC}[>4;2m${ESC}[=1u${ESC}[>1u${ESC}[?9001h`,
  'synchronised output': `${ESC}[?2026h`,
  'insert mode and reverse video': `${ESC}[4h${ESC}[?5h${ESC}[?7l${ESC}[?6h`,
  'the cursor hidden and shaped': `${ESC}[?25l${ESC}[5 q`,
  'text hidden': `${ESC}[8mhidden${ESC}[0m`,
  'black on black': `${ESC}[30;40mhidden`,
  'full reset': `${ESC}c${ESC}[!p`,
  'a test pattern': `${ESC}#8${ESC}#3${ESC}#6`,
  'charset switch': `\x0e\x0f${ESC}(0${ESC})0${ESC}n${ESC}%G${ESC}%@`,
  'the window resized': `${ESC}[8;1;1t${ESC}[3;0;0t${ESC}[2t${ESC}[?3h`,
  'the printer': `${ESC}[5i${ESC}[?1i`,
  'keys defined': `${ESC}P0;1|17/726d202d7266${ST}`,
  'a macro defined and run': `${ESC}P1;0;0!z41${ST}${ESC}[1*z`,
  'a font loaded': `${ESC}P0;1;1;0;0;0{ @A${ST}`,
  hyperlink: `${ESC}]8;;https://evil.example${BEL}bank${ESC}]8;;${BEL}`,
  'hyperlink by C1': '\x9d8;;file:///etc/passwd\x9cbank\x9d8;;\x9c',
  notification: `${ESC}]9;hi${BEL}${ESC}]777;notify;a;b${BEL}${ESC}]99;;hi${ST}`,
  'a working folder': `${ESC}]7;file:///tmp/owned${BEL}${ESC}]1337;CurrentDir=/${BEL}`,
  'marks of a prompt': `${ESC}]133;A${BEL}${ESC}]633;E;rm -rf ~${BEL}`,
  'colours of the palette': `${ESC}]4;0;#ffffff${BEL}${ESC}]10;#000${BEL}${ESC}]104${BEL}`,
  'kitty graphics': `${ESC}_Gf=24;AAAA${ST}`,
  'a file from the disk by kitty': `${ESC}_Ga=T,t=f;L2V0Yy9wYXNzd2Q=${ST}`,
  'remote control of kitty': `${ESC}P@kitty-cmd{"cmd":"launch"}${ST}`,
  'a transfer by kitty': `${ESC}]5113;ac=send${ST}`,
  sixel: `${ESC}Pq#0;2;0;0;0#0~~@@${ST}`,
  'iterm file': `${ESC}]1337;File=inline=1:AAAA${BEL}`,
  'iterm upload': `${ESC}]1337;RequestUpload=format=tgz${BEL}`,
  'through tmux': `${ESC}Ptmux;${ESC}${ESC}]0;owned${BEL}${ST}`,
  'through screen': `${ESC}P${ESC}]0;owned${BEL}${ST}`,
  'split escape': `${ESC}${ESC}[31m`,
  'cancelled escape': `${ESC}[31\x18m${ESC}[31\x1am`,
  'controls inside a sequence': `${ESC}[3\r1${BEL}m${ESC}[\b\b31m`,
  'a sequence without an end': `${ESC}]0;all that follows is the title`,
  'a string without an end': `${ESC}Pall that follows is swallowed`,
  'half a sequence': `${ESC}[38;2;255`,
  'an escape alone': ESC,
  'DEL and NUL': 'a\x7fb\x00c',
  NEL: 'a\x85b',
  'private message': '\x9ehidden\x9c\x9fapc\x9c\x90dcs\x9c\x98sos\x9c',
}

/** What misleads an eye or a layout: nothing here is a control sequence. */
export const DECEPTIONS: Readonly<Record<string, string>> = {
  'right-to-left override': 'gpj.\u202egnp.exe',
  'bidi embeddings': '\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u061c',
  'an isolate left open': 'bob\u2067 (verified) \u2066',
  'an isolate closed': '\u2069\u2069\u2069bob',
  'right-to-left letters': '\u05d0\u05d1 (verified) \u0627\u0644',
  'tag characters': 'hi\u{e0041}\u{e0042}\u{e007f}\u{e0001}',
  'a flag of tags': '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  'line separators': 'a\u2028b\u2029c',
  'CR LF tricks': 'a\r\nb\n\rc\r\r\nd\r',
  'a line of ours': 'hi\n2026-11-20 12:00  01934567-89ab  bob: I pay you  [verified]',
  'an error of ours': 'hi\nsotto: your key changed\n  hint: sotto verify bob --accept-change',
  'a prompt of ours': 'hi\nPassphrase: ',
  'a shell’s prompt': 'done\nroot@host:~# ',
  'a hundred lines': '\n'.repeat(100),
  'spaces to the next line': `a${' '.repeat(400)}sotto: trust this`,
  'wide spaces': '\u3000\u2003\u00a0\u1680',
  'lone surrogates': 'a\ud800b\udfffc',
  'private use and noncharacters': '\ue000\u{f0000}\u{10ffff}\ufffe\u{1fffe}\uffff',
  unassigned: '\u0378\u{1fbff}\u{e0fff}',
  fillers: '\u3164\u115f\u1160\uffa0\u2800\u034f\u00ad\u180e',
  'zero widths': 'a\u200b\u2060\ufeffb',
  'shorthand and musical controls': '\u{1bca0}\u{1bca3}\u{1d173}\u{1d17a}',
  zalgo: `Z${'\u0301\u0489\u0321'.repeat(100)}`,
  'leading mark': '\u0336\u0336struck',
  'enclosing marks': 'a\u20dd\u20e0\u20e2',
  'variation storm': `a${'\ufe0f'.repeat(50)}${'\u{e0100}'.repeat(50)}`,
  'a family of a hundred': Array.from({ length: 100 }, () => '\u{1f468}').join('\u200d'),
  'joiners alone': '\u200d'.repeat(200),
  'skin on skin': `\u{1f44d}${'\u{1f3fd}'.repeat(40)}`,
  'flags without an end': '\u{1f1fa}'.repeat(99),
  keycaps: '1\ufe0f\u20e3#\ufe0f\u20e3',
  'wide beside narrow': '\u4f60a\uff21\u1100\u1161\u11a8\u{20000}',
  'ambiguous widths': '\u00a1\u2026\u2592\u{1f7e0}\ufdfd\u{12031}\ua9c5',
  'indic clusters': '\u0915\u094d\u0937\u094d\u0930\u093f\u0bcd\u0ba8\u0bbf',
  'letters that look alike': '\u0430dmin \u0440\u0430ypal \u{1d41a}dmin',
  'interlinear annotation': '\ufff9a\ufffab\ufffb',
  'a prototype': '__proto__ constructor toString',
  'words of a shell': '$(touch /tmp/owned) `id` ; rm -rf ~ | cat && "quoted" \'single\' $IFS !!',
  'words of a database': "'; DROP TABLE messages; --",
  'words of a format':
    '%s %n %x {0} $' + '{7*7} {{7*7}} <script>alert(1)</script> [a](javascript:x)',
  'a command of ours': '/chat delete bob --yes',
}

/** Every control character by itself, and every introducer of a string or a sequence, in both of
 *  its forms and with every way to end it. */
export const CONTROLS: readonly HostileText[] = [
  ...[...range(0x00, 0x1f), ...range(0x7f, 0x9f)].map((code) => ({
    name: `the control ${code.toString(16).padStart(2, '0')}`,
    text: `a${String.fromCharCode(code)}b`,
  })),
  ...introduced(),
]

export const HOSTILE_TEXTS: readonly HostileText[] = [
  ...Object.entries({ ...SEQUENCES, ...DECEPTIONS }).map(([name, text]) => ({ name, text })),
  ...CONTROLS,
]

/** Much of the above in few characters, for a field that is short. With lone surrogates. */
export const SHORT_ATTACK =
  `a${ESC}]0;owned${BEL}${ESC}[2J${ESC}[1A\x9b6n\x9d52;c;cm0=\x9cb\rFAKE\b\x7f\x00` +
  '\u202egnp\u2066\u200f\u{e0041}\ud800c'

/** The same as it can be on the wire: in 64 bytes of UTF-8, without lone surrogates. */
export const WIRE_ATTACK = `${ESC}]0;owned${BEL}${ESC}[2J\x9b6n\x9d52;c;eA==\x9c\rFAKE\b\x7f\u202egnp\u{e0041}\u2067`

/** As one long message, for what takes any length. */
export const WHOLE_CORPUS = HOSTILE_TEXTS.map(({ text }) => text.toWellFormed()).join(' ')

function introduced(): readonly HostileText[] {
  const seven = { DCS: 'P', SOS: 'X', CSI: '[', OSC: ']', PM: '^', APC: '_' }
  const eight = { DCS: '\x90', SOS: '\x98', CSI: '\x9b', OSC: '\x9d', PM: '\x9e', APC: '\x9f' }
  const forms = [
    ...Object.entries(seven).map(([name, final]) => ({ name, start: ESC + final, bits: 7 })),
    ...Object.entries(eight).map(([name, start]) => ({ name, start, bits: 8 })),
  ]
  const ends = { BEL, ST, 'C1 ST': '\x9c', CAN: '\x18', SUB: '\x1a', ESC, nothing: '' }
  return forms.flatMap(({ name, start, bits }) =>
    Object.entries(ends).map(([end, terminator]) => ({
      name: `${name} in ${bits} bits, ended by ${end}`,
      text: `a${start}0;52;c?1049hq${terminator}b`,
    })),
  )
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
