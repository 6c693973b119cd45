/** An expression of Azure's template language, parsed. */
export type Node =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'member'; readonly of: Node; readonly key: Node };

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+)|([a-z_]\w*)|([()[\],.]))/iy;

/** The expression in a text in brackets; null where the text is only text. `[[` begins text with a bracket. */
export function findExpression(text: string): string | null {
  return text.startsWith('[') && text.endsWith(']') && !text.startsWith('[[') ? text.slice(1, -1) : null;
}

/**
 * Parses an expression, such as `format('{0}-x', parameters('name'))`. Throws where it is none.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
 */
export function parseExpression(text: string): Node {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[at] ?? '';
  const take = (expected?: string): string => {
    const token = peek();
    if (token === '' || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? 'more'} at ${at} of ${text}`);
    }
    at += 1;
    return token;
  };
  const parseArguments = (): Node[] => {
    const args: Node[] = [];
    take('(');
    while (peek() !== ')') {
      if (args.length > 0) take(',');
      args.push(parse());
    }
    take(')');
    return args;
  };
  const parsePrimary = (): Node => {
    const token = take();
    if (token.startsWith("'")) {
      return { kind: 'value', value: token.slice(1, -1).replaceAll("''", "'") };
    }
    if (/^-?\d/.test(token)) return { kind: 'value', value: Number(token) };
    if (!/^[a-z_]/i.test(token)) throw new Error(`expected a function at ${token} of ${text}`);
    return { kind: 'call', name: token, args: parseArguments() };
  };
  const parse = (): Node => {
    let node = parsePrimary();
    for (;;) {
      if (peek() === '.') {
        take('.');
        node = { kind: 'member', of: node, key: { kind: 'value', value: take() } };
      } else if (peek() === '[') {
        take('[');
        node = { kind: 'member', of: node, key: parse() };
        take(']');
      } else return node;
    }
  };
  const node = parse();
  if (at < tokens.length) throw new Error(`expected the end at ${peek()} of ${text}`);
  return node;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`expected a token in ${text}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}
