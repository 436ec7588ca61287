// Leaves the sentence of an error as it is: `new ProtocolError('truncated', 'remote', <sentence>)`,
// `malformed(<sentence>)`. It is for whoever debugs; code and blame, which programs read and tests
// check, are mutated like everything else.

import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin'

/** Functions of ours that make or throw an error of a sentence: it is their last argument. */
const MAKERS = ['bad', 'corrupt', 'fail', 'malformed', 'refuse']

const makesAnError = (node) =>
  (node?.type === 'NewExpression' && node.callee.name?.endsWith('Error')) ||
  (node?.type === 'CallExpression' && MAKERS.includes(node.callee.name))

function shouldIgnore(path) {
  const { node, parent } = path
  if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined
  if (!makesAnError(parent) || parent.arguments.at(-1) !== node) return undefined
  return 'the sentence of an error'
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'error-sentences', { shouldIgnore }),
]
