import { MARKS } from './marks.ts';

/**
 * Policies whose keys name a tag become text: CloudFormation fills parameters into values alone, and takes a policy as
 * text as well.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-iam-role-policy.html
 */
export function writePoliciesAsText(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(writePoliciesAsText);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === 'PolicyDocument' && hasMarkedKey(value) ? join(toPieces(value)) : writePoliciesAsText(value),
    ]),
  );
}

const MARKED = Object.values(MARKS);

function hasMarkedKey(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(
    ([key, value]) => MARKED.some((mark) => key.includes(mark)) || hasMarkedKey(value),
  );
}

function join(pieces: readonly unknown[]): unknown {
  const joined: unknown[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = `${last}${piece}`;
    else joined.push(piece);
  }
  return joined.length === 1 ? joined[0] : { 'Fn::Join': ['', joined] };
}

function toPieces(node: unknown): unknown[] {
  if (Array.isArray(node)) return ['[', ...separate(node.map((element) => [[], element])), ']'];
  if (typeof node !== 'object' || node === null) return [JSON.stringify(node)];
  const [[name, args] = ['', null]] = Object.entries(node);
  if (name === 'Fn::If') {
    const [condition, yes, no] = args as unknown[];
    return [{ 'Fn::If': [condition, join(toPieces(yes)), join(toPieces(no))] }];
  }
  if (name === 'Ref' || name.startsWith('Fn::')) return ['"', node, '"'];
  const members = Object.entries(node).map(([key, value]): Member => [[JSON.stringify(key), ':'], value]);
  return ['{', ...separate(members), '}'];
}

/** What stands before a value, and the value. */
type Member = readonly [readonly string[], unknown];

/** A comma goes with what follows it, so that what may be left out may not be the first. */
function separate(members: readonly Member[]): unknown[] {
  return members.flatMap(([before, value], i) => {
    const comma = i === 0 ? [] : [','];
    const optional = asOptional(value);
    if (optional === null) return [...comma, ...before, ...toPieces(value)];
    if (i === 0) throw new Error('expected the first part of a policy to be always there; found a condition');
    return [{ 'Fn::If': [optional.condition, join([...comma, ...before, ...toPieces(optional.value)]), ''] }];
  });
}

function asOptional(node: unknown): { condition: unknown; value: unknown } | null {
  if (typeof node !== 'object' || node === null || !('Fn::If' in node)) return null;
  const [condition, value, otherwise] = node['Fn::If'] as unknown[];
  return JSON.stringify(otherwise) === '{"Ref":"AWS::NoValue"}' ? { condition, value } : null;
}
