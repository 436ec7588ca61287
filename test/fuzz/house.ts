// Every file of the product that turns bytes or text into a value, and what tries it: names of
// targets, or the reason why there is none.

/** What such a file has in it. */
export const READS =
  /\bdecode\(|JSON\.parse\(|parseStrictJson\(|safeParse\(|new TextDecoder|StringDecoder\(|Date\.parse\(|new Reader\(|'smol-toml'|\blexer\(|URL\.(?:parse|canParse)\(|fromBase64Url\(|fromHex\(/

const OWN_ROWS =
  'a value of ours in our authenticated database, read by a codec: a fault of it is a bug'
const OWN_FILE = 'a file of ours in a folder of ours; its test damages it'
const CHECKED = 'reads what a schema or a codec that is tried has let through'

export const HOUSE: Readonly<Record<string, readonly string[] | string>> = {
  'server/admin-client.ts': OWN_FILE,
  'server/admin-listener.ts':
    'the operator’s own calls, through a socket that only the operator has',
  'server/auth.ts': CHECKED,
  'server/backup.ts': 'server/operations.test.ts changes, takes away and adds files',
  'server/config.ts': ['places to listen at'],
  'server/directory.ts': CHECKED,
  'server/doctor.ts': OWN_FILE,
  'server/http/body.ts': ['bodies of every route, and answers of every route'],
  'server/http/listener.ts': ['bodies of every route, and answers of every route'],
  'server/http/openapi.ts': 'asks our own schemas',
  'server/http/wire.ts': CHECKED,
  'server/main.ts': 'our own package.json',
  'server/paseto.ts': ['tokens'],
  'server/server-keys.ts': OWN_FILE,
  'server/session-tokens.ts': ['tokens'],
  'src/client/errors.ts': ['errors of another process'],
  'src/client/http-answer.ts': CHECKED,
  'src/client/http.ts': ['bodies of every route, and answers of every route'],
  'src/client/json-lines.ts': ['calls of the control socket'],
  'src/client/json-rpc.ts': ['calls of the control socket', 'answers of the control socket'],
  'src/client/json.ts': OWN_ROWS,
  'src/client/methods/screen.ts': OWN_ROWS,
  'src/client/moment.ts': ['durations and times'],
  'src/client/server-address.ts': ['addresses of servers'],
  'src/client/strict-json.ts': ['strict JSON'],
  'src/client/times.ts': ['durations and times'],
  'src/client/transfer-place.ts': OWN_ROWS,
  'src/client/view.ts': CHECKED,
  'src/commands/config/file.ts': ['config files'],
  'src/commands/daemon/start.ts': ['errors of another process'],
  'src/commands/exec.ts': ['commands of a hook'],
  'src/commands/globals.ts': ['config files'],
  'src/commands/help/help.ts': 'our own package.json',
  'src/commands/prompt.ts': 'a decoder that cannot fail: keys of a terminal',
  'src/commands/screen/founding.ts': 'lines of our own server process',
  'src/crypto/device-list.ts': ['device list bodies', 'signed device lists'],
  'src/crypto/ed25519-key.ts': 'constants of ours',
  'src/crypto/ratchet/state.ts': ['stored sessions'],
  'src/crypto/safety-number.ts': ['scanned codes'],
  'src/crypto/sessions.ts': ['envelopes'],
  'src/crypto/vault.ts': ['sealed key files'],
  'src/engine/clock.ts': OWN_ROWS,
  'src/engine/content/content.ts': ['contents'],
  'src/engine/content/kinds.ts': ['contents'],
  'src/engine/content/unsupported.ts': ['contents'],
  'src/engine/housekeeping.ts': OWN_ROWS,
  'src/engine/known-entries.ts': OWN_ROWS,
  'src/engine/missing.ts': OWN_ROWS,
  'src/engine/own-prekeys.ts': OWN_ROWS,
  'src/engine/reset.ts': OWN_ROWS,
  'src/engine/rolled-back.ts': OWN_ROWS,
  'src/engine/trust.ts': OWN_ROWS,
  'src/keychain/generation.ts': ['generations'],
  'src/keychain/marker.ts': ['markers of a keychain'],
  'src/keychain/passphrase.ts': 'a strict decoder whose failure is the answer',
  'src/keychain/secrets-codec.ts': ['secrets of a keychain'],
  'src/protocol/bytes.ts': ['base64url and hex'],
  'src/protocol/codec.ts': ['envelopes', 'contents'],
  'src/protocol/frames.ts': ['client frames', 'server frames'],
  'src/protocol/http.ts': ['bodies of every route, and answers of every route'],
  'src/store/outbox.ts': OWN_ROWS,
  'src/tui/images/thumbnail.ts':
    'in a process of its own, with a heap and a time of its own: every failure of it is the answer',
  'src/tui/input/parser.ts': ['keys and answers of a terminal'],
  'src/tui/layout/pane.ts': 'times that the client has made',
  'src/tui/markdown/inline.ts': ['markup'],
  'src/tui/text/link.ts': ['markup'],
  'src/tui/update/kept.ts': OWN_ROWS,
  'src/tui/update/told.ts': 'times that the client has made',
}
